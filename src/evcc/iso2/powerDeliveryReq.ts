/** PowerDeliveryReq, for AC and DC (ISO 15118-2, 8.4.3.9.2). */
import type { Messages } from "../../iso15118/iso2/index.ts";
import { dcPowerDelivery } from "../dc/requests.ts";
import { chargingProfile } from "./chargingProfile.ts";
import { type ChargeProgress, dcNeeds, type Iso2Session, isDc, type Request } from "./protocol.ts";

/** Power on, by the schedule that was agreed. */
export function powerDeliveryStart(session: Iso2Session): Request {
  const { schedule, maxPower } = session;
  const { name, message } = powerDeliveryReq("Start", session);
  return {
    name,
    message: { ...message, ...(schedule && { ChargingProfile: chargingProfile(schedule, maxPower) }) },
  };
}

export function powerDeliveryReq(progress: ChargeProgress, session: Iso2Session) {
  const message: Messages["PowerDeliveryReq"] = {
    ChargeProgress: progress,
    SAScheduleTupleID: session.schedule?.SAScheduleTupleID ?? 1,
    ...(isDc(session) && {
      DC_EVPowerDeliveryParameter: dcPowerDelivery(session.dc, dcNeeds(session), progress !== "Stop"),
    }),
  };
  return { name: "PowerDeliveryReq", message } as const;
}
