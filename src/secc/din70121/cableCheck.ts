/** DIN SPEC 70121, 9.4.2.2 and 9.4.2.3: the insulation is checked, then the output is brought to the EV's voltage. */
import type { Outcome, Step } from "../../fsm/state.ts";
import { physicalValue } from "../../iso15118/physicalValue.ts";
import { report } from "../dc/evReport.ts";
import { beginCableCheck, cableCheckFault, cableCheckRefused } from "../dc/progress.ts";
import { publish } from "../effects.ts";
import { beforeDemand } from "./powerDelivery.ts";
import { type Din, type DinSession, type Request, state } from "./protocol.ts";
import { refuse } from "./refusals.ts";
import { dcStatus } from "./status.ts";
import { stop } from "./stop.ts";

/** How long an answer is held back for the outcome before it says Ongoing; well within the EV's 2 s. */
const HOLD_MS = 1000;

function check({ body }: Request<"CableCheckReq">, session: DinSession): Outcome<Din, "PreCharge" | "Terminated"> {
  if (session.authorization.status !== "accepted") return refuse("CableCheckReq", "FAILED", session);
  const told = report(session.dc, body, session.now);
  const began = told.dc.cableCheck === "none" ? beginCableCheck(told.dc, session.now) : { dc: told.dc, effects: [] };
  return {
    session: { dc: began.dc, powered: true },
    effects: [...told.effects, ...began.effects],
    ms: HOLD_MS,
    until: ({ dc, evse }) => dc.cableCheck !== "running" || evse.shutdown,
    decide: (current) => checked(current),
  };
}

/** [V2G-DC-455], [V2G-DC-499] */
function checked(session: DinSession): Step<Din, "PreCharge" | "Terminated"> {
  const { evse, dc } = session;
  if (evse.shutdown) return refuse("CableCheckReq", "FAILED", session);
  const fault = cableCheckFault(evse, dc, session.now + HOLD_MS);
  if (fault !== undefined) {
    return { ...refuse("CableCheckReq", "FAILED", session), effects: [cableCheckRefused(fault)] };
  }
  const finished = dc.cableCheck === "passed";
  const message = {
    ResponseCode: "OK",
    DC_EVSEStatus: dcStatus(session, "cableCheck"),
    EVSEProcessing: finished ? "Finished" : "Ongoing",
  } as const;
  const reply = { name: "CableCheckRes", message } as const;
  return finished ? { reply, next: "PreCharge" } : { reply };
}

export const cableCheck = state({
  name: "CableCheck",
  next: ["CableCheck", "PreCharge", "Terminated"],
  on: { CableCheckReq: check, SessionStopReq: stop },
});

/** [V2G-DC-458] */
function raiseVoltage({ body }: Request<"PreChargeReq">, session: DinSession): Step<Din, "PreCharging" | "Terminated"> {
  if (session.authorization.status !== "accepted") return refuse("PreChargeReq", "FAILED", session);
  const { dc, effects } = report(session.dc, body, session.now);
  const message = {
    ResponseCode: "OK",
    DC_EVSEStatus: dcStatus(session, "power"),
    EVSEPresentVoltage: physicalValue(session.evse.dc.present.voltage, "V"),
  } as const;
  return { reply: { name: "PreChargeRes", message }, session: { dc }, effects, next: "PreCharging" };
}

function beginPreCharge(
  request: Request<"PreChargeReq">,
  session: DinSession,
): Step<Din, "PreCharging" | "Terminated"> {
  const step = raiseVoltage(request, session);
  if (step.next === "Terminated") return step;
  return { ...step, effects: [publish("start_pre_charge"), ...(step.effects ?? [])] };
}

export const preCharge = state({
  name: "PreCharge",
  next: ["PreCharging", "Terminated"],
  on: { PreChargeReq: beginPreCharge, SessionStopReq: stop },
});

/** When the voltage is reached, the EV closes its contactor and asks for power. */
export const preCharging = state({
  name: "PreCharging",
  next: ["PreCharging", "CurrentDemandStarted", "WeldingDetection", "Terminated"],
  on: { PreChargeReq: raiseVoltage, PowerDeliveryReq: beforeDemand, SessionStopReq: stop },
});
