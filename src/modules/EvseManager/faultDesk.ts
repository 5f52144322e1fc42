import type { FaultLevel, RaisedError } from "./charger/model.ts";
import type { DcFault } from "./dc/model.ts";
import { describeFaults, type Fault, Faults } from "./faults.ts";
import type { ErrorPort } from "./ports.ts";

/** Severe ones need an emergency shutdown (IEC 61851-23 Table CC.10). */
const severities: Readonly<Record<RaisedError, "Medium" | "High">> = {
  MREC4OverCurrentFailure: "High",
  MREC9AuthorizationTimeout: "Medium",
  PowermeterTransactionStartFailed: "Medium",
};

/** An error of the EVSE itself. */
export interface OwnFault {
  readonly error: RaisedError | DcFault;
  readonly subType: string;
  readonly severity: "Medium" | "High";
  readonly message: string;
}

/** An error that the charger has found. */
export function chargerFault(error: RaisedError, message: string): OwnFault {
  return { error, subType: "", severity: severities[error], message };
}

/** Keeps all errors, raises those of the EVSE itself, and sums them up in `evse_manager/Inoperative`. */
export class FaultDesk {
  readonly #faults = new Faults();
  readonly #errors: ErrorPort;
  readonly #useVendorId: boolean;
  readonly #changed: () => void;
  readonly #own = new Map<string, { readonly error: OwnFault["error"]; readonly fault: Fault }>();
  #inoperative = "";

  /**
   * @param useVendorId `Inoperative` carries the vendor id of its first cause.
   * @param changed is called when an error came or went.
   */
  constructor(errors: ErrorPort, useVendorId: boolean, changed: () => void) {
    this.#errors = errors;
    this.#useVendorId = useVendorId;
    this.#changed = changed;
  }

  get level(): FaultLevel {
    return this.#faults.level;
  }

  /** Something connected raised or cleared an error. */
  set(source: string, fault: Fault, active: boolean): void {
    this.#faults.set(source, fault, active);
    this.#update();
    this.#changed();
  }

  raise({ error, subType: sub_type, severity, message }: OwnFault): void {
    const type = `evse_manager/${error}`;
    const fault = { type, sub_type, severity, description: message, vendor_id: "" };
    this.#own.set(`${error} ${sub_type}`, { error, fault });
    this.#errors.raise(error, { message, description: message, severity, sub_type });
    this.set("evse", fault, true);
  }

  /** Clears what belonged to a session that is over, or errors of one kind that may be tried again. */
  clearOwn(only?: OwnFault["error"]): void {
    for (const [key, { error, fault }] of this.#own) {
      if (only !== undefined && error !== only) continue;
      this.#own.delete(key);
      this.#errors.clear(error, fault.sub_type);
      this.set("evse", fault, false);
    }
  }

  #update(): void {
    const { fatal } = this.#faults;
    const description = describeFaults(fatal);
    if (description === this.#inoperative) return;
    if (this.#inoperative !== "") this.#errors.clear("Inoperative");
    this.#inoperative = description;
    const [first] = fatal;
    if (!first) return;
    const vendor = this.#useVendorId && first.vendor_id !== "" ? { vendor_id: first.vendor_id } : {};
    this.#errors.raise("Inoperative", { message: first.type, description, severity: "High", ...vendor });
  }
}
