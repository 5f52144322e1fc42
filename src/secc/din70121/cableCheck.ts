/** DIN SPEC 70121, 9.4.2.2 and 9.4.2.3: the insulation is checked, then the output is brought to the EV's voltage. */
import type { Outcome, Step } from "../../fsm/state.ts";
import * as steps from "../dc/steps.ts";
import { beforeDemand } from "./powerDelivery.ts";
import { type Din, type DinSession, type Request, state } from "./protocol.ts";
import { refuse } from "./refusals.ts";
import { dcStatus } from "./status.ts";
import { stop } from "./stop.ts";

function check(
  { body }: Request<"CableCheckReq">,
  session: DinSession,
): Outcome<Din, "CableCheck" | "PreCharge" | "Terminated"> {
  if (!steps.mayHavePower(session)) return refuse("CableCheckReq", "FAILED", session);
  return { ...steps.checkCable(body, session), decide: checked };
}

/** [V2G-DC-455], [V2G-DC-499] */
function checked(session: DinSession): Step<Din, "PreCharge" | "Terminated"> {
  const found = steps.cableCheckSoFar(session);
  if ("failed" in found) return { ...refuse("CableCheckReq", "FAILED", session), effects: found.failed };
  const message = { ResponseCode: "OK", DC_EVSEStatus: dcStatus(session, "cableCheck"), ...found } as const;
  const reply = { name: "CableCheckRes", message } as const;
  return found.EVSEProcessing === "Finished" ? { reply, next: "PreCharge" } : { reply };
}

export const cableCheck = state({
  name: "CableCheck",
  next: ["CableCheck", "PreCharge", "Terminated"],
  on: { CableCheckReq: check, SessionStopReq: stop },
});

/** [V2G-DC-458] */
function raiseVoltage(
  { body }: Request<"PreChargeReq">,
  session: DinSession,
  first: boolean,
): Step<Din, "PreCharging" | "Terminated"> {
  if (!steps.mayHavePower(session)) return refuse("PreChargeReq", "FAILED", session);
  const message = {
    ResponseCode: "OK",
    DC_EVSEStatus: dcStatus(session, "power"),
    EVSEPresentVoltage: steps.presentVoltage(session),
  } as const;
  return {
    reply: { name: "PreChargeRes", message },
    ...steps.preCharge(body, session, first),
    next: "PreCharging",
  };
}

export const preCharge = state({
  name: "PreCharge",
  next: ["PreCharging", "Terminated"],
  on: { PreChargeReq: (request, session) => raiseVoltage(request, session, true), SessionStopReq: stop },
});

/** When the voltage is reached, the EV closes its contactor and asks for power. */
export const preCharging = state({
  name: "PreCharging",
  next: ["PreCharging", "CurrentDemandStarted", "WeldingDetection", "Terminated"],
  on: {
    PreChargeReq: (request, session) => raiseVoltage(request, session, false),
    PowerDeliveryReq: beforeDemand,
    SessionStopReq: stop,
  },
});
