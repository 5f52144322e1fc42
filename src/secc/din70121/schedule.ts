/** The one schedule of a DIN SPEC 70121 session, and whether a charging profile keeps to it. */
import type { ChargingProfile, SAScheduleTuple } from "../../iso15118/din70121/index.ts";
import type { DinSession } from "./protocol.ts";

export const ONLY_TUPLE = 1;
const ONLY_SCHEDULE = 1;
const ONE_DAY = 86_400;
/** Seconds of a schedule without energy, after which the EV may come back. */
const PAUSE = 1800;
/** PMax is a 16-bit number of watt; a stronger EVSE says no more. */
const MOST_WATT = 2 ** 15 - 1;

function mostPower({ evse: { dc } }: DinSession): number {
  return Math.min(Math.floor(dc.capabilities?.maxPower ?? 0), MOST_WATT);
}

/** All that the EVSE can give, for 24 hours; the response has it even while the EVSE is at work. Tariffs are not used [V2G-DC-554]. */
export function schedule(session: DinSession): { readonly SAScheduleTuple: readonly SAScheduleTuple[] } {
  const duration = session.evse.dc.noEnergyPause === undefined ? ONE_DAY : PAUSE;
  const entry = { RelativeTimeInterval: { start: 0, duration }, PMax: mostPower(session) };
  const PMaxSchedule = { PMaxScheduleID: ONLY_SCHEDULE, PMaxScheduleEntry: [entry] };
  return { SAScheduleTuple: [{ SAScheduleTupleID: ONLY_TUPLE, PMaxSchedule }] };
}

/** Whether the EV wants more than the schedule gives, or later than it goes. */
export function exceedsSchedule({ ProfileEntry }: ChargingProfile, session: DinSession): boolean {
  return ProfileEntry.some(
    ({ ChargingProfileEntryStart, ChargingProfileEntryMaxPower }) =>
      ChargingProfileEntryStart > ONE_DAY || ChargingProfileEntryMaxPower > mostPower(session),
  );
}
