/** What one charging profile says at a moment, and until when (OCPP 1.6, 3.13). Times are milliseconds since the epoch. */
import { readDateTime } from "../../ocpp/dateTime.ts";
import type { ChargingProfile, ChargingSchedulePeriod } from "../../ocpp/v16/types.ts";
import type { Cap } from "./caps.ts";

export interface Spell {
  /** Absent: the profile does not speak. */
  readonly cap?: Cap;
  /** When that may change. */
  readonly until: number;
}

const DAY = 86_400_000;
/** How long a profile's schedule is before it begins anew. */
export const recurrences = { Daily: DAY, Weekly: 7 * DAY } as const;

const NEVER = Number.POSITIVE_INFINITY;

/** @param relativeTo when a relative schedule begins: with the transaction. */
export function spellAt(profile: ChargingProfile, at: number, relativeTo: number): Spell {
  const validFrom = wholeSeconds(profile.validFrom) ?? 0;
  const validTo = wholeSeconds(profile.validTo) ?? NEVER;
  if (at < validFrom) return { until: validFrom };
  if (at >= validTo) return { until: NEVER };
  const spell = scheduleAt(profile, at, relativeTo);
  return { ...spell, until: Math.min(spell.until, validTo) };
}

function scheduleAt(profile: ChargingProfile, at: number, relativeTo: number): Spell {
  const { chargingRateUnit, chargingSchedulePeriod, duration = NEVER } = profile.chargingSchedule;
  const { start, next } = occurrence(profile, at, relativeTo);
  if (at < start) return { until: start };
  const end = Math.min(start + duration * 1000, next);
  if (at >= end) return { until: next };
  const index = periodAt(chargingSchedulePeriod, (at - start) / 1000);
  const period = chargingSchedulePeriod[index];
  if (!period) return { until: end };
  const following = chargingSchedulePeriod[index + 1];
  const until = following ? Math.min(start + following.startPeriod * 1000, end) : end;
  const { limit, numberPhases } = period;
  return { cap: { [chargingRateUnit]: limit, ...(numberPhases === undefined ? {} : { numberPhases }) }, until };
}

/** When the schedule that counts begins, and when it begins anew. One that recurs has always been there. */
function occurrence(
  { chargingProfileKind, recurrencyKind, chargingSchedule }: ChargingProfile,
  at: number,
  relativeTo: number,
): { start: number; next: number } {
  const startSchedule = wholeSeconds(chargingSchedule.startSchedule) ?? relativeTo;
  if (chargingProfileKind === "Relative") return { start: relativeTo, next: NEVER };
  if (chargingProfileKind === "Absolute" || !recurrencyKind) return { start: startSchedule, next: NEVER };
  const length = recurrences[recurrencyKind];
  const passed = (((at - startSchedule) % length) + length) % length;
  return { start: at - passed, next: at - passed + length };
}

/** The last period that has begun, by halving: a schedule may have many. */
function periodAt(periods: readonly ChargingSchedulePeriod[], second: number): number {
  let low = 0;
  let high = periods.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((periods[middle]?.startPeriod ?? NEVER) <= second) low = middle;
    else high = middle - 1;
  }
  return low;
}

function wholeSeconds(time: string | undefined): number | undefined {
  return time === undefined ? undefined : Math.floor(readDateTime(time) / 1000) * 1000;
}
