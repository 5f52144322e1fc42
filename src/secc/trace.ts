/** V2G messages on the timeline. */
import { timelineStep } from "../iso15118/timelineSteps.ts";
import type { Step, Tracer } from "../util/trace.ts";

const PROOF: Step = 2;

/** A message's step: AuthorizationReq proves the contract, AuthorizationRes tells the EV the decision. */
function stepOf(name: string): Step {
  return name === "AuthorizationReq" ? PROOF : timelineStep(name);
}

/** What is worth knowing of a response at a glance. */
export interface MessageFacts {
  readonly ResponseCode?: string;
  readonly EVSEProcessing?: string;
}

/** Adds a message once, with who sent it. */
export function traceMessage(trace: Tracer, from: "EV" | "EVSE", title: string, facts: MessageFacts = {}): void {
  const { ResponseCode } = facts;
  trace.add({
    step: stepOf(title),
    kind: "message",
    from,
    to: from === "EV" ? "EVSE" : "EV",
    title,
    ...(ResponseCode === undefined ? {} : { outcome: /^failed/i.test(ResponseCode) ? "refused" : "ok" }),
    ...(Object.keys(facts).length > 0 ? { detail: { ...facts } } : {}),
  });
}
