import type { Outcome } from "../../fsm/state.ts";
import { sessionTimes } from "../../iso15118/timers.ts";
import { cableCheckVerdict, preChargeVerdict } from "../dc/answers.ts";
import { cableCheckReq, preChargeReq } from "../dc/requests.ts";
import { decided, publish } from "../effects.ts";
import { NO_ENERGY, pauseFor } from "./charging.ts";
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
    reply: cableCheckReq(session.dc),
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
    CableCheckRes({ body }, session) {
      const verdict = cableCheckVerdict(body);
      switch (verdict.so) {
        case "leave":
          return leave(verdict.reason, session);
        case "wait":
          return askAgain(cableCheckReq(session.dc), session, cablePatience);
        case "broken":
          return end({ ended: "protocol error", reason: verdict.reason });
        case "go":
          return {
            next: "PreCharge",
            reply: preChargeReq(session.dc, dcNeeds(session)),
            effects: [satisfied, preChargePatience, decided({ step: 6, title: verdict.reason, outcome: "ok" })],
          };
      }
    },
  },
});

/** ISO 15118-2, 8.4.5.3: the output comes to the battery's voltage within 7 s; then the car closes its contactor. */
export const preCharge = state({
  name: "PreCharge",
  next: ["PreCharge", "PowerDelivery", "SessionStop"],
  on: {
    PreChargeRes({ body }, session) {
      const needs = dcNeeds(session);
      const verdict = preChargeVerdict(body, needs, session.dc);
      if (verdict.so === "wait") return askAgain(preChargeReq(session.dc, needs), session, preChargePatience);
      if (verdict.so !== "go") return leave(verdict.reason, session);
      if (session.dc.pauseWanted) return pauseFor(NO_ENERGY, session);
      return {
        next: "PowerDelivery",
        reply: powerDeliveryStart(session),
        effects: [satisfied, decided({ step: 6, title: verdict.reason, outcome: "ok" }), publish("dc_power_on")],
      };
    },
  },
});
