/** What a fuse lets through, over time. */
import type { LimitsReq, ScheduleReqEntry } from "../../interfaces/types/energy.ts";
import type { PricePerkWh } from "../../interfaces/types/energy_price_information.ts";
import { isoTime } from "../../util/clock.ts";
import type { Config } from "./manifest.ts";

const MS_PER_HOUR = 3_600_000;

/** The fuse alone, from the running hour on. */
export function fuseSchedule(config: Config, source: string, now: number): ScheduleReqEntry[] {
  const limits: LimitsReq = {
    ac_max_current_A: { value: config.fuse_limit_A, source },
    ...(config.phase_count > 0 && { ac_max_phase_count: { value: config.phase_count, source } }),
  };
  const timestamp = isoTime(now - (now % MS_PER_HOUR));
  return [{ timestamp, limits_to_root: limits, limits_to_leaves: limits }];
}

/** An external schedule that never exceeds the fuse; none leaves the fuse alone. */
export function limitSchedule(
  schedule: readonly ScheduleReqEntry[],
  config: Config,
  source: string,
  now: number,
): ScheduleReqEntry[] {
  if (schedule.length === 0) return fuseSchedule(config, source, now);
  return schedule.map((entry) => ({ ...entry, limits_to_root: limitToFuse(entry, config, source) }));
}

function limitToFuse(entry: ScheduleReqEntry, config: Config, source: string): LimitsReq {
  const { fuse_limit_A, phase_count, enhance_external_schedule } = config;
  const limits = entry.limits_to_root;
  const current = limits.ac_max_current_A ?? (enhance_external_schedule ? currentOf(entry, config, source) : undefined);
  const phases = limits.ac_max_phase_count;
  return {
    ...limits,
    ac_max_current_A: current && current.value <= fuse_limit_A ? current : { value: fuse_limit_A, source },
    ...(phase_count > 0 && {
      ac_max_phase_count: phases && phases.value <= phase_count ? phases : { value: phase_count, source },
    }),
  };
}

/** The current in each phase that a limit of power leaves. */
function currentOf({ limits_to_root, limits_to_leaves }: ScheduleReqEntry, config: Config, source: string) {
  const power = limits_to_root.total_power_W?.value ?? 0;
  if (power <= 0) return undefined;
  const phases =
    limits_to_root.ac_max_phase_count?.value || limits_to_leaves.ac_max_phase_count?.value || config.phase_count || 1;
  return { value: power / (config.nominal_voltage_V * phases), source };
}

/** Adds to each entry the price that holds when it begins; the first price holds before its time too. */
export function withPrices(schedule: readonly ScheduleReqEntry[], prices: readonly PricePerkWh[]): ScheduleReqEntry[] {
  return schedule.map((entry) => {
    const begun = prices.filter((price) => Date.parse(price.timestamp) <= Date.parse(entry.timestamp));
    const price_per_kwh = begun.at(-1) ?? prices[0];
    return price_per_kwh ? { ...entry, price_per_kwh } : entry;
  });
}
