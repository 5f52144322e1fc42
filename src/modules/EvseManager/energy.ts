/** The EVSE as a leaf of the energy tree: what it asks for, and what a limit means to it. Pure. */
import type {
  EnergyFlowRequest,
  EnforcedLimits,
  EvseState,
  LimitsReq,
  ScheduleReqEntry,
} from "../../interfaces/types/energy.ts";
import type { HardwareCapabilities } from "../../interfaces/types/evse_board_support.ts";
import type { Powermeter } from "../../interfaces/types/powermeter.ts";
import type { ChargerStateName } from "./charger/model.ts";

const states: Readonly<Record<ChargerStateName, EvseState>> = {
  Disabled: "Disabled",
  Idle: "Unplugged",
  WaitingForAuthentication: "WaitForAuth",
  PrepareCharging: "PrepareCharging",
  Charging: "Charging",
  ChargingPausedEV: "PausedEV",
  ChargingPausedEVSE: "PausedEVSE",
  StoppingCharging: "Finished",
  Finished: "Finished",
  T_step_EF: "PrepareCharging",
  T_step_X1: "PrepareCharging",
  SwitchPhases: "Charging",
};

/** States in which a car may need energy. */
const wanting: ReadonlySet<ChargerStateName> = new Set([
  "WaitingForAuthentication",
  "PrepareCharging",
  "Charging",
  "ChargingPausedEV",
]);

export interface EnergyFacts {
  /** The node's name in the tree: the module's id. */
  readonly uuid: string;
  readonly state: ChargerStateName;
  readonly capabilities: HardwareCapabilities;
  readonly activePhases: number;
  /** Ampere that the plugged cable carries. */
  readonly cableAmpere?: number | undefined;
  readonly requestZeroPowerInIdle: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** It is wanted at once. */
  readonly priority: boolean;
  /** Of a DC output: what its supply can, and what it loses. */
  readonly supply?: { readonly watt: number; readonly efficiency: number | undefined } | undefined;
  readonly gridSide?: Powermeter | undefined;
  readonly carSide?: Powermeter | undefined;
}

const HOUR_MS = 3_600_000;

/** What the EVSE asks of the energy manager: as much as the hardware and the cable carry, or nothing. */
export function energyRequest(facts: EnergyFacts): EnergyFlowRequest {
  const { uuid, state, priority, gridSide, carSide } = facts;
  return {
    uuid,
    node_type: "Evse",
    children: [],
    priority_request: priority,
    evse_state: states[state],
    ...(gridSide ? { energy_usage_root: gridSide } : {}),
    ...(carSide ? { energy_usage_leaves: carSide } : {}),
    schedule_import: [importEntry(facts)],
    schedule_export: [exportEntry(facts)],
    schedule_setpoints: [],
  };
}

function importEntry(facts: EnergyFacts): ScheduleReqEntry {
  const { uuid, state, capabilities, requestZeroPowerInIdle, cableAmpere } = facts;
  const board = `${uuid}/evse_board_support_caps`;
  const { max_current_A_import: most, min_current_A_import: least } = capabilities;
  // A paused car is only offered the minimum, so that it can show that it wants to go on.
  const ampere = state === "ChargingPausedEV" && requestZeroPowerInIdle ? least : most;
  const root: LimitsReq = {
    ac_max_current_A:
      cableAmpere !== undefined && cableAmpere < ampere
        ? { value: cableAmpere, source: `${uuid}/pp_ampacity` }
        : { value: ampere, source: board },
    ac_min_current_A: { value: least, source: board },
    ac_max_phase_count: { value: capabilities.max_phase_count_import, source: board },
    ac_min_phase_count: { value: capabilities.min_phase_count_import, source: board },
    ...phases(facts),
  };
  const idle = requestZeroPowerInIdle && !wanting.has(state);
  const timestamp = thisHour(facts);
  if (facts.supply) return { timestamp, limits_to_root: root, ...supplySide(facts, facts.supply, idle) };
  return {
    timestamp,
    limits_to_root: root,
    limits_to_leaves: { ac_max_current_A: idle ? { value: 0, source: "Idle" } : { value: most, source: board } },
  };
}

/** A DC output is limited in watt, behind what its supply loses. */
function supplySide({ uuid }: EnergyFacts, { watt, efficiency }: NonNullable<EnergyFacts["supply"]>, idle: boolean) {
  const supply = `${uuid}/power_supply_DC_caps`;
  return {
    limits_to_leaves: { total_power_W: idle ? { value: 0, source: "Idle" } : { value: watt, source: supply } },
    ...(efficiency === undefined ? {} : { conversion_efficiency: efficiency }),
  };
}

/** Nothing is fed back to the grid. */
function exportEntry(facts: EnergyFacts): ScheduleReqEntry {
  const { uuid, capabilities } = facts;
  const board = `${uuid}/evse_board_support_caps`;
  return {
    timestamp: thisHour(facts),
    limits_to_root: {
      ac_max_current_A: { value: capabilities.max_current_A_export, source: board },
      ac_min_current_A: { value: capabilities.min_current_A_export, source: board },
      ac_max_phase_count: { value: capabilities.max_phase_count_export, source: board },
      ac_min_phase_count: { value: capabilities.min_phase_count_export, source: board },
      ...phases(facts),
    },
    limits_to_leaves: {
      ac_max_current_A: { value: 0, source: `${uuid} set_zero_discharge_limit` },
      total_power_W: { value: 0, source: `${uuid} set_zero_discharge_limit` },
    },
  };
}

function phases({ capabilities, activePhases }: EnergyFacts): LimitsReq {
  return {
    ac_supports_changing_phases_during_charging: capabilities.supports_changing_phases_during_charging,
    ...(activePhases > 0 ? { ac_number_of_active_phases: activePhases } : {}),
  };
}

function thisHour({ now }: EnergyFacts): string {
  return new Date(now - (now % HOUR_MS)).toISOString();
}

/** Ampere a phase that the tree grants; negative = export. A limit in watt counts when it is the lower one. */
export function grantedAmpere({ limits_root_side }: EnforcedLimits, nominalVoltage: number, phases: number): number {
  const ampere = limits_root_side.ac_max_current_A?.value ?? 0;
  const watt = limits_root_side.total_power_W?.value;
  if (watt === undefined) return ampere;
  const byPower = watt / nominalVoltage / phases;
  return (ampere >= 0 && byPower < ampere) || (ampere < 0 && byPower > ampere) ? byPower : ampere;
}

/** Watt that the tree grants on its side, to a DC output. A limit in ampere counts when it is the lower one. */
export function grantedWatt({ limits_root_side }: EnforcedLimits, nominalVoltage: number, phases: number): number {
  const ampere = limits_root_side.ac_max_current_A?.value;
  const watt = limits_root_side.total_power_W?.value;
  if (ampere === undefined && watt === undefined) return 0;
  const byCurrent = ampere === undefined ? Number.POSITIVE_INFINITY : ampere * nominalVoltage * phases;
  return Math.max(0, Math.min(byCurrent, watt ?? Number.POSITIVE_INFINITY));
}
