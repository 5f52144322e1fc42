import { maxCurrent } from "../effects.ts";
import { afterStatus, chargeOn } from "./charging.ts";
import { meteringReceiptReq } from "./meteringReceipt.ts";
import { state } from "./protocol.ts";

/** ISO 15118-2, 8.4.4.2: the AC charging loop. */
export const chargingStatus = state({
  name: "ChargingStatus",
  next: ["ChargingStatus", "CurrentDemand", "MeteringReceipt", "PowerDelivery"],
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
