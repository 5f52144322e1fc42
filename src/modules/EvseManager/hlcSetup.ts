/** What ISO 15118 is told about the hardware. Pure. */
import type { HardwareCapabilities } from "../../interfaces/types/evse_board_support.ts";
import type {
  AcEvseMaximumPower,
  AcEvseMinimumPower,
  AcParameters,
  BptSetup,
  EnergyTransferMode,
} from "../../interfaces/types/iso15118.ts";
import type { Power } from "../../interfaces/types/units.ts";
import type { EvseManagerConfig } from "./manifest.ts";

/** The AC energy transfer modes that the board can serve. */
export function acTransferModes(
  capabilities: HardwareCapabilities,
  options: { bpt: boolean; der: boolean },
): EnergyTransferMode[] {
  const { min_phase_count_import: least, max_phase_count_import: most } = capabilities;
  const byPhases = [
    [1, "AC_single_phase_core"],
    [2, "AC_two_phase"],
    [3, "AC_three_phase_core"],
  ] as const;
  const modes: EnergyTransferMode[] = byPhases.flatMap(([count, mode]) =>
    count >= Math.max(1, least) && count <= Math.max(1, least, most) ? mode : [],
  );
  const exports = capabilities.max_current_A_export > 0 && capabilities.max_phase_count_export >= 1;
  if (exports && options.bpt) modes.push("AC_BPT");
  if (exports && options.der) modes.push("AC_DER_IEC");
  return modes;
}

/** The DC energy transfer modes: those of megawatt outlets have names of their own. */
export function dcTransferModes(
  { connector_type }: Pick<EvseManagerConfig, "connector_type">,
  bidirectional: boolean,
): EnergyTransferMode[] {
  const [charge, both] =
    connector_type === "cMCS" ? (["MCS", "MCS_BPT"] as const) : (["DC_extended", "DC_BPT"] as const);
  return bidirectional ? [charge, both] : [charge];
}

/** The same power on each of `phases`, in W. */
function powerOf(volt: number, ampere: number, phases: number): Power {
  const each = volt * ampere;
  return {
    total: each * phases,
    L1: each,
    ...(phases >= 2 ? { L2: each } : {}),
    ...(phases >= 3 ? { L3: each } : {}),
  };
}

export function maximumPower(volt: number, capabilities: HardwareCapabilities): AcEvseMaximumPower {
  const { max_current_A_import, max_phase_count_import, max_current_A_export, max_phase_count_export } = capabilities;
  return {
    charge_power: powerOf(volt, max_current_A_import, max_phase_count_import),
    discharge_power: powerOf(volt, max_current_A_export, max_phase_count_export),
  };
}

export function minimumPower(volt: number, capabilities: HardwareCapabilities): AcEvseMinimumPower {
  const { min_current_A_import, max_phase_count_import, min_current_A_export, max_phase_count_export } = capabilities;
  return {
    charge_power: powerOf(volt, min_current_A_import, max_phase_count_import),
    discharge_power: powerOf(volt, min_current_A_export, max_phase_count_export),
  };
}

export function acParameters(config: EvseManagerConfig, capabilities: HardwareCapabilities): AcParameters {
  const { ac_nominal_voltage, ac_max_reactive_power } = config;
  return {
    nominal_frequency: 50,
    nominal_voltage: ac_nominal_voltage,
    connectors: capabilities.max_phase_count_import === 3 ? ["SinglePhase", "ThreePhase"] : ["SinglePhase"],
    ...(ac_max_reactive_power > 0 ? { evse_max_reactive_power: ac_max_reactive_power } : {}),
  };
}

/** Undefined when the configuration names no way to feed back. */
export function bptSetup(config: EvseManagerConfig): BptSetup | undefined {
  const { bpt_channel, bpt_generator_mode, bpt_grid_code_island_method: method } = config;
  if (bpt_channel === "None" || bpt_generator_mode === "None") return undefined;
  return {
    bpt_channel,
    generator_mode: bpt_generator_mode,
    ...(method === "None" ? {} : { grid_code_detection: method }),
  };
}
