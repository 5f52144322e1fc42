/** ISO 15118-2, 8.4.5.4 and 8.4.5.5: the loop of DC charging, and the search for welded contactors after it. */
import type { Step } from "../../fsm/state.ts";
import type { Messages, Named } from "../../iso15118/iso2/index.ts";
import { physicalValue } from "../../iso15118/physicalValue.ts";
import { report } from "../dc/evReport.ts";
import { limitsAchieved, presentLimits } from "../dc/supply.ts";
import { publish } from "../effects.ts";
import { receiptDueFor } from "./meteringReceipt.ts";
import { whileDemanding } from "./powerDelivery.ts";
import { atTime, type Iso2, type Iso2Session, type Request, state } from "./protocol.ts";
import { dcStatus } from "./status.ts";
import { end } from "./stop.ts";

/** Answered at once: the EV waits 250 ms, the EVSE has 25 ms (Table 109). */
function demand(
  { body }: Request<"CurrentDemandReq">,
  session: Iso2Session,
  now: number,
): Step<Iso2, "CurrentDemand" | "MeteringReceipt"> {
  const { dc, effects } = report(session.dc, body, now);
  const receiptDue = receiptDueFor(session);
  return {
    reply: { name: "CurrentDemandRes", message: response(body, session, receiptDue !== undefined) },
    session: { dc: { ...dc, demanding: true }, receiptDue },
    effects: session.dc.demanding ? effects : [publish("current_demand_started"), ...effects],
    next: receiptDue ? "MeteringReceipt" : "CurrentDemand",
  };
}

function response(
  body: Messages["CurrentDemandReq"],
  session: Iso2Session,
  ReceiptRequired: boolean,
): Messages["CurrentDemandRes"] {
  const { evse, tupleId } = session;
  const { voltage, current } = evse.dc.present;
  return {
    ResponseCode: "OK",
    DC_EVSEStatus: dcStatus(session, "power"),
    EVSEPresentVoltage: physicalValue(voltage, "V"),
    EVSEPresentCurrent: physicalValue(current, "A"),
    ...limitsAchieved(body, evse.dc),
    ...presentLimits(evse.dc),
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
  on: { CurrentDemandReq: atTime(demand) },
});

export const currentDemand = state({
  name: "CurrentDemand",
  next: ["CurrentDemand", "MeteringReceipt", "WeldingDetection", "ChargeParameterDiscovery", "Terminated"],
  on: { CurrentDemandReq: atTime(demand), PowerDeliveryReq: whileDemanding },
});

function detectWelding(
  { body }: Request<"WeldingDetectionReq">,
  session: Iso2Session,
  now: number,
): Step<Iso2, "WeldingDetection"> {
  const { dc, effects } = report(session.dc, body, now);
  const reply: Named<"WeldingDetectionRes"> = {
    name: "WeldingDetectionRes",
    message: {
      ResponseCode: "OK",
      DC_EVSEStatus: dcStatus(session, "welding"),
      EVSEPresentVoltage: physicalValue(session.evse.dc.present.voltage, "V"),
    },
  };
  return { reply, session: { dc }, effects };
}

/** After the power was switched off: the EV looks whether its contactors opened, then ends the session or pauses it. */
export const weldingDetection = state({
  name: "WeldingDetection",
  next: ["WeldingDetection", "Terminated"],
  on: { WeldingDetectionReq: atTime(detectWelding), SessionStopReq: end },
});
