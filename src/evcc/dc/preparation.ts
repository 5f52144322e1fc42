/** Cable check and precharge: what cars of DIN SPEC 70121 and ISO 15118-2 make of the answers. Pure. */
import type { Decide, Outcome as Decision, Protocol, Step, Wait } from "../../fsm/state.ts";
import { sessionTimes } from "../../iso15118/timers.ts";
import type { DcNeeds } from "../car.ts";
import { decided, type Effect, patienceFor, publish, satisfied } from "../effects.ts";
import type { Outcome } from "../outcome.ts";
import { cableCheckVerdict, preChargeVerdict } from "./answers.ts";
import type { DcState } from "./charging.ts";
import { cableCheckReq, preChargeReq } from "./requests.ts";

type CableCheckRes = Parameters<typeof cableCheckVerdict>[0];
type PreChargeRes = Parameters<typeof preChargeVerdict>[0];

interface DcProtocol extends Protocol {
  readonly messages: {
    readonly CableCheckRes: { readonly body: CableCheckRes };
    readonly PreChargeRes: { readonly body: PreChargeRes };
  };
  readonly session: { readonly dc: DcState };
  readonly effect: Effect;
}

/** What is special of one protocol. */
interface PreparationParts<P extends DcProtocol, After extends string> {
  dcNeeds(session: P["session"]): DcNeeds;
  end(outcome: Outcome): Step<P, "Terminated">;
  /** Goes, because of the EVSE. */
  leave(reason: string, session: P["session"]): Decision<P, "SessionStop">;
  askAgain(again: (session: P["session"]) => P["reply"], session: P["session"], effect: Effect): Wait<P, "SessionStop">;
  /** The output has the battery's voltage. @param effects what the timeline and the car's other parts hear of it */
  preCharged(session: P["session"], effects: readonly Effect[]): Step<P, After>;
}

interface Preparation<P extends DcProtocol, After extends string> {
  cableChecked: Decide<P, P["messages"]["CableCheckRes"], "CableCheck" | "PreCharge" | "SessionStop" | "Terminated">;
  voltageRaised: Decide<P, P["messages"]["PreChargeRes"], "PreCharge" | "SessionStop" | After>;
}

/** The car's patience with the cable check, 40 s, which begins with its first request. */
export const cablePatience = patienceFor("CableCheckReq", sessionTimes.cableCheck.timeout);
const preChargePatience = patienceFor("PreChargeReq", sessionTimes.preCharge.timeout);

export function dcPreparation<P extends DcProtocol, const After extends string>(
  parts: PreparationParts<P, After>,
): Preparation<P, After> {
  const { dcNeeds, end, leave, askAgain, preCharged } = parts;
  const passed = (title: string) => decided({ step: 6, title, outcome: "ok" });
  return {
    cableChecked({ body }, session) {
      const verdict = cableCheckVerdict(body);
      switch (verdict.so) {
        case "leave":
          return leave(verdict.reason, session);
        case "wait":
          return askAgain(({ dc }) => cableCheckReq(dc), session, cablePatience);
        case "broken":
          return end({ ended: "protocol error", reason: verdict.reason });
        case "go":
          return {
            next: "PreCharge",
            reply: preChargeReq(session.dc, dcNeeds(session)),
            effects: [satisfied, preChargePatience, passed(verdict.reason)],
          };
      }
    },
    voltageRaised({ body }, session) {
      const needs = dcNeeds(session);
      const verdict = preChargeVerdict(body, needs, session.dc);
      if (verdict.so === "wait") return askAgain(({ dc }) => preChargeReq(dc, needs), session, preChargePatience);
      if (verdict.so !== "go") return leave(verdict.reason, session);
      return preCharged(session, [satisfied, passed(verdict.reason), publish("dc_power_on")]);
    },
  };
}
