/** ISO 15118-2, 8.4.5.4 and 8.4.5.5: the loop of DC charging, and the search for welded contactors after it. */
import type { Step } from "../../fsm/state.ts";
import type { Messages } from "../../iso15118/iso2/index.ts";
import * as steps from "../dc/steps.ts";
import { receiptDueFor } from "./meteringReceipt.ts";
import { whileDemanding } from "./powerDelivery.ts";
import { type Iso2, type Iso2Session, type Request, state } from "./protocol.ts";
import { dcStatus } from "./status.ts";
import { end } from "./stop.ts";

/** Answered at once: the EV waits 250 ms, the EVSE has 25 ms (Table 109). */
function demand(
  { body }: Request<"CurrentDemandReq">,
  session: Iso2Session,
): Step<Iso2, "CurrentDemand" | "MeteringReceipt"> {
  const receiptDue = receiptDueFor(session);
  const change = steps.demand(body, session);
  return {
    reply: { name: "CurrentDemandRes", message: response(body, session, receiptDue !== undefined) },
    session: { ...change.session, receiptDue },
    effects: change.effects,
    next: receiptDue ? "MeteringReceipt" : "CurrentDemand",
  };
}

function response(
  body: Messages["CurrentDemandReq"],
  session: Iso2Session,
  ReceiptRequired: boolean,
): Messages["CurrentDemandRes"] {
  const { evse, tupleId } = session;
  return {
    ResponseCode: "OK",
    DC_EVSEStatus: dcStatus(session, "power"),
    ...steps.demandAnswer(body, session),
    EVSEID: evse.evseId,
    SAScheduleTupleID: tupleId,
    ...(evse.meter ? { MeterInfo: evse.meter } : {}),
    ReceiptRequired,
  };
}

/** Right after power on nothing but current may be asked for [V2G2-590]. */
export const currentDemandStarted = state({
  name: "CurrentDemandStarted",
  next: ["CurrentDemand", "MeteringReceipt", "Terminated"],
  on: { CurrentDemandReq: demand },
});

export const currentDemand = state({
  name: "CurrentDemand",
  next: ["CurrentDemand", "MeteringReceipt", "WeldingDetection", "ChargeParameterDiscovery", "Terminated"],
  on: { CurrentDemandReq: demand, PowerDeliveryReq: whileDemanding },
});

function detectWelding({ body }: Request<"WeldingDetectionReq">, session: Iso2Session): Step<Iso2, "WeldingDetection"> {
  const message = {
    ResponseCode: "OK",
    DC_EVSEStatus: dcStatus(session, "welding"),
    EVSEPresentVoltage: steps.presentVoltage(session),
  } as const;
  return { reply: { name: "WeldingDetectionRes", message }, ...steps.heard(body, session) };
}

/** After the power was switched off: the EV looks whether its contactors opened, then ends the session or pauses it. */
export const weldingDetection = state({
  name: "WeldingDetection",
  next: ["WeldingDetection", "Terminated"],
  on: { WeldingDetectionReq: detectWelding, SessionStopReq: end },
});
