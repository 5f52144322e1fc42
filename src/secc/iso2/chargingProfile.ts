/** Whether the EV's charging profile keeps to the schedule that it chose (ISO 15118-2, 8.5.2.10; [V2G2-478]). */
import type { ChargingProfile, SAScheduleTuple } from "../../iso15118/iso2/index.ts";
import { plainValue } from "../../iso15118/physicalValue.ts";

type PMaxSchedule = SAScheduleTuple["PMaxSchedule"];

/**
 * Both give their times in seconds from now; an entry holds until the next one begins. A profile whose entries are not in
 * the order of time says nothing that could be held against the schedule.
 */
export function exceedsSchedule(profile: ChargingProfile, { PMaxScheduleEntry }: PMaxSchedule): boolean {
  const starts = profile.ProfileEntry.map((entry) => entry.ChargingProfileEntryStart);
  if (starts.some((start, at) => start <= (starts[at - 1] ?? -1))) return true;
  return profile.ProfileEntry.some((entry, index) => {
    const from = entry.ChargingProfileEntryStart;
    const to = starts[index + 1] ?? Number.POSITIVE_INFINITY;
    const power = plainValue(entry.ChargingProfileEntryMaxPower);
    return PMaxScheduleEntry.some((limit, at) => {
      const limitFrom = limit.RelativeTimeInterval?.start ?? 0;
      const limitTo = PMaxScheduleEntry[at + 1]?.RelativeTimeInterval?.start ?? Number.POSITIVE_INFINITY;
      return from < limitTo && limitFrom < to && power > plainValue(limit.PMax);
    });
  });
}
