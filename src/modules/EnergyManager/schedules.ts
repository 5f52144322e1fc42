/** Schedules brought to common points in time, with the limits of both sides of a node as one. */
import type {
  EnergyFlowRequest,
  IntegerWithSource,
  NumberWithSource,
  ScheduleReqEntry,
  SetpointType,
} from "../../interfaces/types/energy.ts";

const MS_PER_MINUTE = 60_000;
const MS_PER_HOUR = 3_600_000;

/** What a node lets through at one time in one direction; what is undefined is not limited. */
export interface NodeLimits {
  readonly ampere: NumberWithSource | undefined;
  readonly watt: NumberWithSource | undefined;
  readonly minAmpere: NumberWithSource | undefined;
  readonly maxPhases: IntegerWithSource | undefined;
  readonly minPhases: IntegerWithSource | undefined;
  readonly activePhases: number | undefined;
}

const unlimited: NodeLimits = {
  ampere: undefined,
  watt: undefined,
  minAmpere: undefined,
  maxPhases: undefined,
  minPhases: undefined,
  activePhases: undefined,
};

/** Entries for the configured time and wherever some schedule changes, sorted; each holds until the next. */
export function slotTimes(request: EnergyFlowRequest, now: number, intervalMinutes: number, hours: number): number[] {
  const interval = intervalMinutes * MS_PER_MINUTE;
  const first = now - (now % interval);
  const count = Math.max(1, Math.floor((hours * MS_PER_HOUR) / interval));
  const regular = Array.from({ length: count }, (_, i) => first + i * interval);
  return [...new Set([...regular, ...timesOf(request)])].sort((a, b) => a - b);
}

function timesOf({ schedule_import, schedule_export, schedule_setpoints, children }: EnergyFlowRequest): number[] {
  const own = [...schedule_import, ...schedule_export, ...schedule_setpoints];
  return [...own.map((entry) => Date.parse(entry.timestamp)), ...children.flatMap(timesOf)];
}

/** The entry that holds at a time; the first one holds before its time too. */
export function entryAt<T extends { readonly timestamp: string }>(schedule: readonly T[], time: number): T | undefined {
  return schedule.findLast((entry) => Date.parse(entry.timestamp) <= time) ?? schedule[0];
}

/** Of two optional values the smaller one, or the only one. */
function smaller<T extends { value: number }>(a: T | undefined, b: T | undefined): T | undefined {
  if (!a || !b) return a ?? b;
  return a.value < b.value ? a : b;
}

function larger<T extends { value: number }>(a: T | undefined, b: T | undefined): T | undefined {
  if (!a || !b) return a ?? b;
  return a.value > b.value ? a : b;
}

/** Nothing may flow where nothing was asked for. */
function nothing(source: string): NodeLimits {
  return { ...unlimited, ampere: { value: 0, source }, watt: { value: 0, source } };
}

/** What a node lets through at `time`, setpoints included. */
export function limitsAt(request: EnergyFlowRequest, direction: "import" | "export", time: number): NodeLimits {
  const schedule = direction === "import" ? request.schedule_import : request.schedule_export;
  const entry = entryAt(schedule, time);
  const limits = entry ? mergeSides(entry) : nothing(request.uuid);
  const setpoint = entryAt(request.schedule_setpoints, time)?.setpoint;
  return setpoint ? applySetpoint(limits, setpoint, direction, frequencyOf(request)) : limits;
}

function mergeSides({
  limits_to_root: root,
  limits_to_leaves: leaves,
  conversion_efficiency = 1,
}: ScheduleReqEntry): NodeLimits {
  const behindLosses = leaves.total_power_W && {
    ...leaves.total_power_W,
    value: leaves.total_power_W.value / (conversion_efficiency || 1),
  };
  return {
    ampere: smaller(leaves.ac_max_current_A, root.ac_max_current_A),
    watt: smaller(behindLosses, root.total_power_W),
    minAmpere: larger(root.ac_min_current_A, leaves.ac_min_current_A),
    maxPhases: smaller(root.ac_max_phase_count, leaves.ac_max_phase_count),
    minPhases: larger(root.ac_min_phase_count, leaves.ac_min_phase_count),
    activePhases: root.ac_number_of_active_phases,
  };
}

function frequencyOf({ energy_usage_root, energy_usage_leaves }: EnergyFlowRequest): number | undefined {
  return (energy_usage_root?.frequency_Hz ?? energy_usage_leaves?.frequency_Hz)?.L1;
}

/** A setpoint of charging (positive) forbids feeding back, and the other way round. Of several values the first counts. */
function applySetpoint(
  limits: NodeLimits,
  setpoint: SetpointType,
  direction: "import" | "export",
  frequency: number | undefined,
): NodeLimits {
  const { source, ac_current_A, total_power_W, frequency_table } = setpoint;
  const sign = direction === "import" ? 1 : -1;
  const towards = (value: number) => ({ value: Math.max(0, sign * value), source });
  if (ac_current_A !== undefined) return { ...limits, ampere: smaller(limits.ampere, towards(ac_current_A)) };
  const tabulated = frequency_table && frequency !== undefined ? powerAt(frequency_table, frequency) : undefined;
  const power = total_power_W ?? tabulated;
  return power === undefined ? limits : { ...limits, watt: smaller(limits.watt, towards(power)) };
}

type FrequencyTable = NonNullable<SetpointType["frequency_table"]>;

/** The power at a frequency, on straight lines between the points of the table, which is sorted by frequency. */
export function powerAt(table: FrequencyTable, frequency: number): number {
  const after = table.findIndex((point) => point.frequency_Hz > frequency);
  const [low, high] = [table[after - 1], table[after]];
  if (!low) return table.length === 0 ? 0 : ((after === -1 ? table.at(-1) : table[0])?.total_power_W ?? 0);
  if (!high) return low.total_power_W;
  const part = (frequency - low.frequency_Hz) / (high.frequency_Hz - low.frequency_Hz);
  return low.total_power_W + part * (high.total_power_W - low.total_power_W);
}
