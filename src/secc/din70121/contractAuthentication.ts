/** DIN SPEC 70121, 9.4.1.5: despite its name, the EV waits here for somebody to pay for it. */
import type { Outcome, Step } from "../../fsm/state.ts";
import { HOLD_MS, late, pending } from "../authorization.ts";
import { publish } from "../effects.ts";
import { type Din, type DinSession, type Request, state } from "./protocol.ts";
import { refuse } from "./refusals.ts";
import { stop } from "./stop.ts";

type Next = "ChargeParameterDiscovery" | "Terminated";

/** Asks once, holds every answer until there is a decision, then answers as far as it goes. */
function authenticate(_request: Request<"ContractAuthenticationReq">, session: DinSession): Outcome<Din, Next> {
  const first = session.authorization.status === "none";
  return {
    session: first ? { authorization: pending } : {},
    effects: first ? [publish("require_auth_eim")] : [],
    ms: HOLD_MS,
    until: ({ authorization }) => authorization.status !== "pending",
    decide: answer,
  };
}

function answer(session: DinSession): Step<Din, Next> {
  switch (session.authorization.status) {
    case "accepted":
      return { reply: response("Finished"), next: "ChargeParameterDiscovery" };
    case "rejected":
      return refuse("ContractAuthenticationReq", "FAILED", session);
    case "timed out":
      return { ...refuse("ContractAuthenticationReq", "FAILED", session), effects: [late("auth_timeout_eim")] };
    default:
      return { reply: response("Ongoing") };
  }
}

function response(EVSEProcessing: "Finished" | "Ongoing") {
  return { name: "ContractAuthenticationRes", message: { ResponseCode: "OK", EVSEProcessing } } as const;
}

export const contractAuthentication = state({
  name: "ContractAuthentication",
  next: ["ContractAuthentication", "ChargeParameterDiscovery", "Terminated"],
  on: { ContractAuthenticationReq: authenticate, SessionStopReq: stop },
});
