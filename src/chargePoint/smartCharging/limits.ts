/** Composite schedules in EVerest's words: for the energy management, and for whoever listens to the module. */
import type { ExternalLimits, ScheduleReqEntry } from "../../interfaces/types/energy.ts";
import type { ChargingSchedule } from "../../interfaces/types/ocpp.ts";
import type { ChargingRateUnit } from "../../ocpp/v16/types.ts";
import { isoTime } from "../../util/clock.ts";
import type { Composite } from "./composite.ts";

/** How the energy management is told. */
export interface Publishing {
  readonly unit: ChargingRateUnit;
  /** How far ahead, in seconds. */
  readonly duration: number;
  /** How often besides on every change, in seconds; 0 is never. */
  readonly interval: number;
  /** Who limits, for those who look at the energy tree. */
  readonly source: string;
}

/** A composite schedule and what it is of. */
export interface Scheduled extends Composite {
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly unit: ChargingRateUnit;
}

/** @param source who limits, for those who look at the energy tree. */
export function toExternalLimits({ from, unit, periods }: Scheduled, source: string): ExternalLimits {
  const entries = periods.map(({ startPeriod, limit, numberPhases }): ScheduleReqEntry => {
    const bound = { value: limit, source };
    return {
      timestamp: isoTime(from + startPeriod * 1000),
      limits_to_root: {},
      limits_to_leaves: {
        ...(unit === "A" ? { ac_max_current_A: bound } : { total_power_W: bound }),
        ...(numberPhases === undefined ? {} : { ac_max_phase_count: { value: numberPhases, source } }),
      },
    };
  });
  return { schedule_import: entries, schedule_export: [], schedule_setpoints: [] };
}

/** @param evse EVerest's name for what 1.6 calls a connector. */
export function toSchedule(evse: number, { from, unit, duration, periods }: Scheduled): ChargingSchedule {
  return {
    evse,
    charging_rate_unit: unit,
    duration,
    start_schedule: isoTime(from),
    charging_schedule_period: periods.map(({ startPeriod, limit, numberPhases }) => ({
      start_period: startPeriod,
      limit,
      ...(numberPhases === undefined ? {} : { number_phases: numberPhases }),
    })),
  };
}
