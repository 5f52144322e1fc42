import type { ChargingProfile, PhysicalValue, SAScheduleTuple } from "../../iso15118/iso2/index.ts";
import { physicalValue, plainValue } from "../../iso15118/physicalValue.ts";

const MAX_ENTRIES = 24;

/**
 * The power that the car will draw: all that the schedule gives, up to its own limit in watt, because a profile may not
 * exceed the schedule [V2G2-293]. Of a longer schedule the last entry holds for the rest, with the rest's least power.
 */
export function chargingProfile({ PMaxSchedule }: SAScheduleTuple, maxPower: number): ChargingProfile {
  const entries = PMaxSchedule.PMaxScheduleEntry;
  const least = entries.slice(MAX_ENTRIES - 1).map(({ PMax }) => PMax);
  const ProfileEntry = entries.slice(0, MAX_ENTRIES).map(({ RelativeTimeInterval, PMax }, index) => ({
    ChargingProfileEntryStart: RelativeTimeInterval?.start ?? 0,
    ChargingProfileEntryMaxPower: [
      physicalValue(maxPower, "W"),
      ...(index === MAX_ENTRIES - 1 ? least : [PMax]),
    ].reduce(smaller),
  }));
  return { ProfileEntry };
}

function smaller(a: PhysicalValue, b: PhysicalValue): PhysicalValue {
  return plainValue(b) <= plainValue(a) ? b : a;
}
