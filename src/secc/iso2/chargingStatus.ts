/** ISO 15118-2, 8.4.4.2: the loop of AC charging. */
import type { Step } from "../../fsm/state.ts";
import type { Messages } from "../../iso15118/iso2/index.ts";
import { physicalValue } from "../../iso15118/physicalValue.ts";
import { receiptDueFor } from "./meteringReceipt.ts";
import { whileCharging } from "./powerDelivery.ts";
import { type Iso2, type Iso2Session, type Request, state } from "./protocol.ts";
import { acStatus } from "./status.ts";

function chargingStatus(
  _request: Request<"ChargingStatusReq">,
  session: Iso2Session,
): Step<Iso2, "Charging" | "MeteringReceipt"> {
  const { evse, tupleId, selected } = session;
  const contract = selected?.payment === "Contract";
  const receiptDue = receiptDueFor(session);
  const message: Messages["ChargingStatusRes"] = {
    ResponseCode: "OK",
    EVSEID: evse.evseId,
    SAScheduleTupleID: tupleId,
    ...(contract || evse.currentLimit === undefined ? {} : { EVSEMaxCurrent: physicalValue(evse.currentLimit, "A") }),
    ...(evse.meter ? { MeterInfo: evse.meter } : {}),
    ReceiptRequired: receiptDue !== undefined,
    AC_EVSEStatus: acStatus(session),
  };
  const next = receiptDue ? "MeteringReceipt" : "Charging";
  return { reply: { name: "ChargingStatusRes", message }, session: { receiptDue }, next };
}

/** Right after power on nothing but the status may be asked for [V2G2-576]. */
export const chargingStarted = state({
  name: "ChargingStarted",
  next: ["Charging", "MeteringReceipt", "Terminated"],
  on: { ChargingStatusReq: chargingStatus },
});

export const charging = state({
  name: "Charging",
  next: ["Charging", "MeteringReceipt", "SessionStop", "ChargeParameterDiscovery", "Terminated"],
  on: { ChargingStatusReq: chargingStatus, PowerDeliveryReq: whileCharging },
});
