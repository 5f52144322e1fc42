import type { MeterInfo } from "../../iso15118/iso2/index.ts";
import { maxCurrent } from "../effects.ts";
import { afterStatus, chargeOn } from "./charging.ts";
import { end, type Iso2Session, type Request, state } from "./protocol.ts";

/** ISO 15118-2, 8.4.4.2: the AC charging loop. */
export const chargingStatus = state({
  name: "ChargingStatus",
  next: ["ChargingStatus", "MeteringReceipt", "PowerDelivery"],
  on: {
    ChargingStatusRes({ body }, session) {
      const { AC_EVSEStatus, EVSEMaxCurrent, MeterInfo, ReceiptRequired } = body;
      const effects = EVSEMaxCurrent ? [maxCurrent(EVSEMaxCurrent)] : [];
      if (ReceiptRequired && MeterInfo && session.payment === "Contract") {
        return { next: "MeteringReceipt", reply: meteringReceiptReq(MeterInfo, session), effects };
      }
      const next = afterStatus(AC_EVSEStatus, session) ?? chargeOn(session);
      return { ...next, effects: [...effects, ...(next.effects ?? [])] };
    },
  },
});

/** ISO 15118-2, 8.4.3.13: the EVSE has the car's signature under a meter reading. */
export const meteringReceipt = state({
  name: "MeteringReceipt",
  next: ["ChargingStatus", "PowerDelivery", "Terminated"],
  on: {
    MeteringReceiptRes({ body: { AC_EVSEStatus: status } }, session) {
      if (!status) return end({ ended: "protocol error", reason: "the EVSE answers AC charging with a DC status" });
      return afterStatus(status, session) ?? chargeOn(session);
    },
  },
});

function meteringReceiptReq(MeterInfo: MeterInfo, { SessionID, schedule }: Iso2Session): Request {
  const tuple = schedule && { SAScheduleTupleID: schedule.SAScheduleTupleID };
  return { name: "MeteringReceiptReq", message: { "@Id": "id1", SessionID, ...tuple, MeterInfo }, signed: true };
}
