/** What must hold of the schedules that an EVSE offers (ISO 15118-2, 8.5.2.12 to 8.5.2.19), beyond their schema. */
import type { Course } from "./course.ts";
import type { SAScheduleTuple, SalesTariff } from "./iso2/index.ts";
import { plainValue } from "./physicalValue.ts";

/** What is wrong with a schedule, as a clause; undefined when it can be used. */
export function scheduleFault({ PMaxSchedule, SalesTariff }: SAScheduleTuple): string | undefined {
  const power = powerCourse(PMaxSchedule);
  if (power.some(({ value }) => value < 0)) return "it has a negative PMax";
  return orderFault(power, "PMaxSchedule") ?? (SalesTariff && tariffFault(SalesTariff));
}

function tariffFault({ SalesTariffEntry, NumEPriceLevels }: SalesTariff): string | undefined {
  const levels = SalesTariffEntry.map(({ EPriceLevel }) => EPriceLevel);
  const bare = SalesTariffEntry.some((entry) => entry.EPriceLevel === undefined && !entry.ConsumptionCost?.length);
  if (bare) return "its tariff has an entry without a price";
  const above = levels.some((level) => level !== undefined && level > (NumEPriceLevels ?? 0));
  if (above) return "its tariff has a price level beyond NumEPriceLevels";
  return orderFault(SalesTariffEntry.map(startOf), "SalesTariff");
}

function orderFault(course: readonly { readonly start: number }[], what: string): string | undefined {
  if (course[0]?.start !== 0) return `its ${what} does not begin at once`;
  const inOrder = course.every(({ start }, at) => at === 0 || start > (course[at - 1]?.start ?? 0));
  return inOrder ? undefined : `its ${what} is not in the order of time`;
}

type Timed = { readonly RelativeTimeInterval?: { readonly start: number; readonly duration?: number } };

function startOf({ RelativeTimeInterval }: Timed): { readonly start: number } {
  return { start: RelativeTimeInterval?.start ?? 0 };
}

/** Watt over time. */
export function powerCourse({ PMaxScheduleEntry }: SAScheduleTuple["PMaxSchedule"]): Course {
  return PMaxScheduleEntry.map((entry) => ({ ...startOf(entry), value: plainValue(entry.PMax) }));
}

/** Price levels over time; entries without one cost what the cheapest does. */
export function priceCourse({ SalesTariffEntry }: SalesTariff): Course {
  return SalesTariffEntry.map((entry) => ({ ...startOf(entry), value: entry.EPriceLevel ?? 1 }));
}

/** Seconds that the schedule lasts; a last entry without a duration holds for a day. */
export function scheduleEnd({ PMaxScheduleEntry }: SAScheduleTuple["PMaxSchedule"]): number {
  const last = PMaxScheduleEntry.at(-1)?.RelativeTimeInterval;
  return (last?.start ?? 0) + (last?.duration ?? ONE_DAY);
}
const ONE_DAY = 86_400;
