import type { Outcome } from "../../fsm/state.ts";
import { plainValue } from "../../iso15118/physicalValue.ts";
import { sessionTimes } from "../../iso15118/timers.ts";
import { isPreCharged, preChargeDemand, statusFault } from "../dc/charging.ts";
import { decided, publish } from "../effects.ts";
import { NO_ENERGY, pauseFor } from "./charging.ts";
import { cableCheckReq, preChargeReq } from "./dcRequests.ts";
import { powerDeliveryStart } from "./powerDeliveryReq.ts";
import {
  askAgain,
  dcNeeds,
  end,
  type Iso2,
  type Iso2Session,
  patienceFor,
  satisfied,
  state,
  stopSession,
} from "./protocol.ts";

const cablePatience = patienceFor("CableCheckReq", sessionTimes.cableCheck.timeout);
const preChargePatience = patienceFor("PreChargeReq", sessionTimes.preCharge.timeout);

/** The first request of DC charging; the car goes to control pilot state C for it. */
export function beginCableCheck(session: Iso2Session) {
  return {
    next: "CableCheck",
    reply: cableCheckReq(session),
    effects: [satisfied, cablePatience, publish("ev_power_ready", true)],
  } as const;
}

/** The car leaves, because of the EVSE, with its power off. */
function leave(endingReason: string, session: Iso2Session): Outcome<Iso2, "SessionStop"> {
  const { effects = [], ...step } = stopSession({ ...session, ending: "Terminate" });
  const left = decided({ step: 6, title: `stops before charging: ${endingReason}`, outcome: "refused" });
  return {
    ...step,
    session: { ...step.session, endingReason },
    effects: [left, satisfied, publish("stop_from_charger"), ...effects],
  };
}

/** ISO 15118-2, 8.4.5.2: the EVSE checks the insulation; the car waits 40 s at most. */
export const cableCheck = state({
  name: "CableCheck",
  next: ["CableCheck", "PreCharge", "SessionStop", "Terminated"],
  on: {
    CableCheckRes({ body: { EVSEProcessing, DC_EVSEStatus: status } }, session) {
      const fault = statusFault(status.EVSEStatusCode, status.EVSEIsolationStatus);
      if (fault !== undefined) return leave(fault, session);
      if (status.EVSENotification === "StopCharging") return leave("the EVSE asks the car to stop", session);
      if (EVSEProcessing !== "Finished") return askAgain(cableCheckReq(session), session, cablePatience);
      if (status.EVSEIsolationStatus === "Invalid" || status.EVSEStatusCode !== "EVSE_Ready") {
        const { EVSEIsolationStatus: isolation = "not told", EVSEStatusCode: code } = status;
        const reason = `the cable check is finished with isolation ${isolation} and ${code}`;
        return end({ ended: "protocol error", reason });
      }
      const checked = decided({
        step: 6,
        title: `the cable check has passed: isolation ${status.EVSEIsolationStatus ?? "not told"}`,
        outcome: "ok",
      });
      return {
        next: "PreCharge",
        reply: preChargeReq(session, dcNeeds(session)),
        effects: [satisfied, preChargePatience, checked],
      };
    },
  },
});

/** ISO 15118-2, 8.4.5.3: the output comes to the battery's voltage within 7 s; then the car closes its contactor. */
export const preCharge = state({
  name: "PreCharge",
  next: ["PreCharge", "PowerDelivery", "SessionStop"],
  on: {
    PreChargeRes({ body: { DC_EVSEStatus: status, EVSEPresentVoltage } }, session) {
      const fault = statusFault(status.EVSEStatusCode, status.EVSEIsolationStatus);
      if (fault !== undefined) return leave(fault, session);
      if (status.EVSENotification === "StopCharging") return leave("the EVSE asks the car to stop", session);
      const needs = dcNeeds(session);
      const voltage = plainValue(EVSEPresentVoltage);
      const point = preChargeDemand(needs, session.dc);
      if (!isPreCharged(point, voltage) && !needs.credulous) {
        return askAgain(preChargeReq(session, needs), session, preChargePatience);
      }
      if (session.dc.pauseWanted) return pauseFor(NO_ENERGY, session);
      const title = `the EVSE has ${voltage} V, the battery ${point.voltage} V`;
      return {
        next: "PowerDelivery",
        reply: powerDeliveryStart(session),
        effects: [satisfied, decided({ step: 6, title, outcome: "ok" }), publish("dc_power_on")],
      };
    },
  },
});
