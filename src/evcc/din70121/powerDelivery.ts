import type { ChargingProfile } from "../../iso15118/din70121/index.ts";
import { currentDemandReq, dcPowerDelivery, weldingDetectionReq } from "../dc/requests.ts";
import { decided } from "../effects.ts";
import { type DinSession, dcNeeds, end, inTime, powerOff, type Request, state } from "./protocol.ts";

/** DIN SPEC 70121, 9.4.1.7.2: power on, with the power that will be drawn, or off. */
export function powerDeliveryReq(session: DinSession, ReadyToChargeState: boolean): Request {
  const { schedule, dc } = session;
  const needs = dcNeeds(session);
  return {
    name: "PowerDeliveryReq",
    message: {
      ReadyToChargeState,
      ...(ReadyToChargeState && schedule && { ChargingProfile: chargingProfile(schedule, needs.maxPower) }),
      DC_EVPowerDeliveryParameter: dcPowerDelivery(dc, needs, ReadyToChargeState),
    },
  };
}

/** All that the schedule gives, up to the car's own limit in watt. */
function chargingProfile(
  { SAScheduleTupleID, PMaxSchedule }: NonNullable<DinSession["schedule"]>,
  maxPower: number,
): ChargingProfile {
  const ProfileEntry = PMaxSchedule.PMaxScheduleEntry.map(({ RelativeTimeInterval, PMax }) => ({
    ChargingProfileEntryStart: RelativeTimeInterval?.start ?? 0,
    ChargingProfileEntryMaxPower: Math.min(PMax, Math.floor(maxPower)),
  }));
  return { SAScheduleTupleID, ProfileEntry };
}

/** DIN SPEC 70121, 9.4.1.7: power is on or off. */
export const powerDelivery = state({
  name: "PowerDelivery",
  next: ["CurrentDemand", "WeldingDetection", "Terminated"],
  on: {
    PowerDeliveryRes({ body }, session) {
      if (!body.DC_EVSEStatus) {
        return end({ ended: "protocol error", reason: "the EVSE answers DC charging as an AC charger" });
      }
      if (!session.ready) {
        return {
          next: "WeldingDetection",
          session: { powered: false },
          reply: weldingDetectionReq(session.dc),
          effects: powerOff(session),
        };
      }
      // Whatever the status says or the car wants by now: after power on, current is asked for once [V2G-DC-462].
      return {
        next: "CurrentDemand",
        reply: currentDemandReq(session.dc, dcNeeds(session)),
        effects: [inTime, decided({ step: 6, title: "has power: charging begins", outcome: "ok" })],
      };
    },
  },
});
