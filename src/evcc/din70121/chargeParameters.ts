import { incompatibility, learnLimits } from "../dc/charging.ts";
import { cablePatience } from "../dc/preparation.ts";
import { cableCheckReq, dcChargeParameter } from "../dc/requests.ts";
import { publish } from "../effects.ts";
import { askAgain, type DinSession, dcNeeds, end, leave, type Request, state } from "./protocol.ts";

/** DIN SPEC 70121, 9.4.1.6: what the car can take and wants. */
export function chargeParameterDiscoveryReq(session: DinSession): Request {
  const { car, dc } = session;
  return {
    name: "ChargeParameterDiscoveryReq",
    message: {
      EVRequestedEnergyTransferType: car.mode,
      DC_EVChargeParameter: dcChargeParameter(dc, dcNeeds(session)),
    },
  };
}

/** DIN SPEC 70121, 9.4.1.6: limits and schedule are known; the car goes to control pilot state C for the cable check. */
export const chargeParameterDiscovery = state({
  name: "ChargeParameterDiscovery",
  next: ["ChargeParameterDiscovery", "CableCheck", "SessionStop", "Terminated"],
  on: {
    ChargeParameterDiscoveryRes({ body }, session) {
      const { EVSEProcessing, SAScheduleList, DC_EVSEChargeParameter: of } = body;
      if (EVSEProcessing !== "Finished") return askAgain(chargeParameterDiscoveryReq, session);
      if (!of) return end({ ended: "protocol error", reason: "the EVSE answers DC charging as an AC charger" });
      const [schedule] = SAScheduleList?.SAScheduleTuple ?? [];
      if (!schedule) return end({ ended: "protocol error", reason: "the EVSE is finished, but offers no schedule" });
      const needs = dcNeeds(session);
      const limits = needs.lenient ? undefined : learnLimits(undefined, of);
      const misfit = limits && incompatibility(needs, limits);
      if (misfit !== undefined) {
        return end({ ended: "nothing suitable offered", reason: `the charger does not fit: ${misfit}` });
      }
      // A charger that asks the car to stop already here has no energy for it (IEC 61851-23, CC.5.3.2).
      if (of.DC_EVSEStatus.EVSENotification === "StopCharging")
        return leave("the EVSE has no energy for the car", session);
      const dc = { ...session.dc, limits };
      return {
        next: "CableCheck",
        session: { schedule, dc, powered: true },
        reply: cableCheckReq(dc),
        effects: [cablePatience, publish("ev_power_ready", true)],
      };
    },
  },
});
