import { sessionTimes } from "../../iso15118/timers.ts";
import { cableCheckVerdict, preChargeVerdict } from "../dc/answers.ts";
import { cableCheckReq, preChargeReq } from "../dc/requests.ts";
import { decided, publish } from "../effects.ts";
import { cablePatience } from "./chargeParameters.ts";
import { powerDeliveryReq } from "./powerDelivery.ts";
import { askAgain, dcNeeds, end, leave, patienceFor, satisfied, state } from "./protocol.ts";

const preChargePatience = patienceFor("PreChargeReq", sessionTimes.preCharge.timeout);

/** DIN SPEC 70121, 9.4.2.2: the EVSE checks the insulation; the car waits 40 s at most. */
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
          return askAgain(({ dc }) => cableCheckReq(dc), session, [cablePatience]);
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

/** DIN SPEC 70121, 9.4.2.3: the output comes to the battery's voltage within 7 s; then the car closes its contactor. */
export const preCharge = state({
  name: "PreCharge",
  next: ["PreCharge", "PowerDelivery", "SessionStop"],
  on: {
    PreChargeRes({ body }, session) {
      const needs = dcNeeds(session);
      const verdict = preChargeVerdict(body, needs, session.dc);
      if (verdict.so === "wait") return askAgain(({ dc }) => preChargeReq(dc, needs), session, [preChargePatience]);
      if (verdict.so !== "go") return leave(verdict.reason, session);
      return {
        next: "PowerDelivery",
        session: { ready: true },
        reply: powerDeliveryReq(session, true),
        effects: [satisfied, decided({ step: 6, title: verdict.reason, outcome: "ok" }), publish("dc_power_on")],
      };
    },
  },
});
