/** ISO 15118-2, 8.4.5.2 and 8.4.5.3: the insulation is checked, then the output is brought to the EV's voltage. */
import type { Outcome, Step } from "../../fsm/state.ts";
import type { Named } from "../../iso15118/iso2/index.ts";
import { physicalValue } from "../../iso15118/physicalValue.ts";
import { report } from "../dc/evReport.ts";
import { beginCableCheck, cableCheckFault, cableCheckRefused } from "../dc/progress.ts";
import { publish } from "../effects.ts";
import { beforeDemand } from "./powerDelivery.ts";
import { atTime, type Iso2, type Iso2Session, type Request, state } from "./protocol.ts";
import { refuse } from "./refusals.ts";
import { dcStatus } from "./status.ts";
import { stop } from "./stop.ts";

/** How long an answer is held back for the outcome before it says Ongoing; well within the EV's 2 s. */
const HOLD_MS = 1000;

function check(
  { body }: Request<"CableCheckReq">,
  session: Iso2Session,
  now: number,
): Outcome<Iso2, "CableCheck" | "PreCharge" | "Terminated"> {
  const told = report(session.dc, body, now);
  const began = told.dc.cableCheck === "none" ? beginCableCheck(told.dc, now) : { dc: told.dc, effects: [] };
  return {
    session: { dc: began.dc, powered: true },
    effects: [...told.effects, ...began.effects],
    ms: HOLD_MS,
    until: ({ dc, evse }) => dc.cableCheck !== "running" || evse.shutdown,
    decide: (current) => checked(current, now + HOLD_MS),
  };
}

function checked(session: Iso2Session, now: number): Step<Iso2, "PreCharge" | "Terminated"> {
  const { evse, dc } = session;
  if (evse.shutdown) return refuse("CableCheckReq", "FAILED", session);
  const fault = cableCheckFault(evse, dc, now);
  if (fault !== undefined) {
    return { ...refuse("CableCheckReq", "FAILED", session), effects: [cableCheckRefused(fault)] };
  }
  const finished = dc.cableCheck === "passed";
  const reply: Named<"CableCheckRes"> = {
    name: "CableCheckRes",
    message: {
      ResponseCode: "OK",
      DC_EVSEStatus: dcStatus(session, "cableCheck"),
      EVSEProcessing: finished ? "Finished" : "Ongoing",
    },
  };
  return finished ? { reply, next: "PreCharge" } : { reply };
}

export const cableCheck = state({
  name: "CableCheck",
  next: ["CableCheck", "PreCharge", "Terminated"],
  on: { CableCheckReq: atTime(check), SessionStopReq: stop },
});

function raiseVoltage(
  { body }: Request<"PreChargeReq">,
  session: Iso2Session,
  now: number,
  began: boolean,
): Step<Iso2, "PreCharging"> {
  const { dc, effects } = report(session.dc, body, now);
  const message = {
    ResponseCode: "OK",
    DC_EVSEStatus: dcStatus(session, "power"),
    EVSEPresentVoltage: physicalValue(session.evse.dc.present.voltage, "V"),
  } as const;
  return {
    reply: { name: "PreChargeRes", message },
    session: { dc },
    effects: began ? [publish("start_pre_charge"), ...effects] : effects,
    next: "PreCharging",
  };
}

/** The first request tells the voltage. */
export const preCharge = state({
  name: "PreCharge",
  next: ["PreCharging", "Terminated"],
  on: {
    PreChargeReq: atTime<"PreChargeReq", "PreCharging">((request, session, now) =>
      raiseVoltage(request, session, now, true),
    ),
    SessionStopReq: stop,
  },
});

/** Further ones ask how far it is; when it is reached, the EV closes its contactor and asks for power. */
export const preCharging = state({
  name: "PreCharging",
  next: ["PreCharging", "CurrentDemandStarted", "WeldingDetection", "Terminated"],
  on: {
    PreChargeReq: atTime<"PreChargeReq", "PreCharging">((request, session, now) =>
      raiseVoltage(request, session, now, false),
    ),
    PowerDeliveryReq: beforeDemand,
    SessionStopReq: stop,
  },
});
