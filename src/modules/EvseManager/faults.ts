/** Which errors, of the EVSE and of everything connected to it, forbid charging. */
import type { FaultLevel } from "./charger/model.ts";

/** An active error, as far as it matters here. */
export interface Fault {
  /** `<error file>/<Name>` */
  readonly type: string;
  readonly sub_type: string;
  readonly severity: "Low" | "Medium" | "High";
  readonly description: string;
  readonly vendor_id: string;
}

/** Errors that only inform. `evse_manager/Inoperative` is what this file decides about. */
const harmless: ReadonlySet<string> = new Set([
  "evse_manager/Inoperative",
  "evse_board_support/MREC3HighTemperature",
  "evse_board_support/MREC18CableOverTempDerate",
  "evse_board_support/VendorWarning",
  "connector_lock/VendorWarning",
  "ac_rcd/VendorWarning",
  "isolation_monitor/VendorWarning",
  "power_supply_DC/VendorWarning",
  "powermeter/VendorWarning",
  "over_voltage_monitor/VendorWarning",
  "generic/VendorWarning",
]);

/** The errors of all sources. */
export class Faults {
  readonly #active = new Map<string, Fault>();

  /** Notes that `source` raised or cleared an error. */
  set(source: string, fault: Fault, active: boolean): void {
    const key = `${source} ${fault.type} ${fault.sub_type}`;
    if (active) this.#active.set(key, fault);
    else this.#active.delete(key);
  }

  /** Errors that forbid charging, in the order they were raised. */
  get fatal(): readonly Fault[] {
    return [...this.#active.values()].filter(({ type }) => !harmless.has(type));
  }

  /** A severe one needs an emergency shutdown. */
  get level(): FaultLevel {
    const { fatal } = this;
    if (fatal.length === 0) return "none";
    return fatal.some(({ severity }) => severity === "High") ? "emergency" : "error";
  }
}

/** All causes in few words, for `evse_manager/Inoperative`; people read it in OCPP messages of 50 characters too. */
export function describeFaults(faults: readonly Fault[]): string {
  return faults.map(nameOf).join(", ");
}

function nameOf({ type, sub_type, description }: Fault): string {
  const name = type.split("/").slice(1).join("/");
  if (name === "") return description || type;
  return sub_type === "" ? name : `${name}/${sub_type}`;
}
