/** Cable check and precharge: what DIN SPEC 70121 and ISO 15118-2 make of the requests. Pure. */
import type { Decide, Outcome, Protocol, Step } from "../../fsm/state.ts";
import type { Effect } from "../effects.ts";
import type { EvReport } from "./evReport.ts";
import * as steps from "./steps.ts";

interface DcProtocol extends Protocol {
  readonly messages: Readonly<Record<"CableCheckReq" | "PreChargeReq", { readonly body: EvReport }>>;
  readonly session: steps.DcSession;
  readonly effect: Effect;
}

/** What is special of one protocol. */
interface PreparationParts<P extends DcProtocol> {
  refuse(request: "CableCheckReq" | "PreChargeReq", code: "FAILED", session: P["session"]): Step<P, "Terminated">;
  cableCheckRes(EVSEProcessing: "Finished" | "Ongoing", session: P["session"]): P["reply"];
  preChargeRes(session: P["session"]): P["reply"];
}

interface Preparation<P extends DcProtocol> {
  check: Decide<P, P["messages"]["CableCheckReq"], "CableCheck" | "PreCharge" | "Terminated">;
  /** The first request tells the voltage; further ones ask how far it is. */
  raiseVoltage(first: boolean): Decide<P, P["messages"]["PreChargeReq"], "PreCharging" | "Terminated">;
}

export function dcPreparation<P extends DcProtocol>(parts: PreparationParts<P>): Preparation<P> {
  /** The compiler does not see that a part of every DC session is a part of this one. */
  const change = (part: Partial<steps.DcSession>) => part as Partial<P["session"]>;

  function checked(session: P["session"]): Step<P, "PreCharge" | "Terminated"> {
    const found = steps.cableCheckSoFar(session);
    if ("failed" in found) return { ...parts.refuse("CableCheckReq", "FAILED", session), effects: found.failed };
    const reply = parts.cableCheckRes(found.EVSEProcessing, session);
    return found.EVSEProcessing === "Finished" ? { reply, next: "PreCharge" } : { reply };
  }

  return {
    check({ body }, session): Outcome<P, "PreCharge" | "Terminated"> {
      if (!steps.mayHavePower(session)) return parts.refuse("CableCheckReq", "FAILED", session);
      const begun = steps.checkCable(body, session);
      return { ...begun, session: change(begun.session), decide: checked };
    },
    raiseVoltage:
      (first) =>
      ({ body }, session) => {
        if (!steps.mayHavePower(session)) return parts.refuse("PreChargeReq", "FAILED", session);
        const { session: changed, effects } = steps.preCharge(body, session, first);
        return { reply: parts.preChargeRes(session), session: change(changed), effects, next: "PreCharging" };
      },
  };
}
