import type { MeterInfo } from "../../iso15118/iso2/index.ts";
import { afterStatus, chargeOn } from "./charging.ts";
import { type Iso2Session, type Request, state, statusOf, wrongKind } from "./protocol.ts";

/** ISO 15118-2, 8.4.3.13: the EVSE has the car's signature under a meter reading. */
export const meteringReceipt = state({
  name: "MeteringReceipt",
  next: ["ChargingStatus", "CurrentDemand", "PowerDelivery", "Terminated"],
  on: {
    MeteringReceiptRes({ body }, session) {
      const status = statusOf(body, session);
      return status ? (afterStatus(status, session) ?? chargeOn(session)) : wrongKind(session);
    },
  },
});

export function meteringReceiptReq(MeterInfo: MeterInfo, { SessionID, schedule }: Iso2Session): Request {
  const tuple = schedule && { SAScheduleTupleID: schedule.SAScheduleTupleID };
  return { name: "MeteringReceiptReq", message: { "@Id": "id1", SessionID, ...tuple, MeterInfo }, signed: true };
}
