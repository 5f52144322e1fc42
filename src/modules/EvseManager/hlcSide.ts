import type { HardwareCapabilities } from "../../interfaces/types/evse_board_support.ts";
import type { EnergyTransferMode } from "../../interfaces/types/iso15118.ts";
import type { Capabilities } from "../../interfaces/types/power_supply_DC.ts";
import { acParameters, acTransferModes, bptSetup, dcTransferModes, maximumPower, minimumPower } from "./hlcSetup.ts";
import type { EvseManagerConfig } from "./manifest.ts";
import type { EvsePorts } from "./ports.ts";

/** Keeps the ISO 15118 side informed of what the hardware can do. */
export class HlcSide {
  readonly #config: EvseManagerConfig;
  readonly #ports: Pick<EvsePorts, "hlc" | "publish">;
  #modes: EnergyTransferMode[] = ["AC_single_phase_core"];
  #capabilities: HardwareCapabilities | undefined;
  #der = false;

  constructor(config: EvseManagerConfig, ports: Pick<EvsePorts, "hlc" | "publish">) {
    this.#config = config;
    this.#ports = ports;
    if (config.charge_mode === "DC") this.#modes = dcTransferModes(config, false);
  }

  /** Once, when the other side can be called. */
  boot(): void {
    const { hlc } = this.#ports;
    if (!hlc) return;
    const { ac_nominal_voltage, ev_receipt_required, evse_id, evse_id_din, session_logging } = this.#config;
    hlc.set_charging_parameters({ ac_nominal_voltage });
    hlc.receipt_is_required(ev_receipt_required);
    hlc.setup({ evse_id, evse_id_din }, "None", session_logging);
    this.#tellModes();
    const bpt = bptSetup(this.#config);
    if (bpt) hlc.bpt_setup(bpt);
    hlc.reset_error();
    this.#tellPower();
  }

  capabilitiesChanged(capabilities: HardwareCapabilities): void {
    this.#capabilities = capabilities;
    this.#tellPower();
    this.#updateModes();
  }

  /** What the DC supply can do; what it can take back is offered to those who know how to. */
  supplyChanged({ bidirectional }: Capabilities): void {
    this.#change(dcTransferModes(this.#config, bidirectional));
  }

  /** Grid support (AC_DER_IEC) is wired for this EVSE. @returns false without ISO 15118. */
  setDer(available: boolean): boolean {
    this.#der = available;
    this.#updateModes();
    return this.#ports.hlc !== undefined;
  }

  /** Restricts what is offered. @returns false without ISO 15118. */
  allowModes(modes: readonly EnergyTransferMode[]): boolean {
    this.#ports.hlc?.update_energy_transfer_modes([...modes]);
    return this.#ports.hlc !== undefined;
  }

  get modes(): readonly EnergyTransferMode[] {
    return this.#modes;
  }

  #updateModes(): void {
    if (!this.#capabilities || this.#config.charge_mode === "DC") return;
    const options = { bpt: this.#config.supported_iso_ac_bpt, der: this.#der };
    this.#change(acTransferModes(this.#capabilities, options));
  }

  #change(modes: EnergyTransferMode[]): void {
    if (modes.join() === this.#modes.join()) return;
    this.#modes = modes;
    this.#tellModes();
  }

  #tellModes(): void {
    this.#ports.publish.supported_energy_transfer_modes(this.#modes);
    this.#ports.hlc?.update_energy_transfer_modes(this.#modes);
  }

  #tellPower(): void {
    const { hlc } = this.#ports;
    if (!hlc || !this.#capabilities || this.#config.charge_mode === "DC") return;
    const { ac_nominal_voltage } = this.#config;
    hlc.update_ac_maximum_limits(maximumPower(ac_nominal_voltage, this.#capabilities));
    hlc.update_ac_minimum_limits(minimumPower(ac_nominal_voltage, this.#capabilities));
    hlc.update_ac_parameters(acParameters(this.#config, this.#capabilities));
  }
}
