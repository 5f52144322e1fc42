/** ISO 15118-2, 8.4.3.2 and 8.4.3.12: how a session begins and ends. */
import { element, type Infer, long, optional } from "../../../exi/schema.ts";
import { chargingSessionType, evccIDType, evseIDType, responseCodeType } from "../types/simple.ts";
import { message } from "./base.ts";

/** 8.4.3.2.1 */
export const SessionSetupReq = message("SessionSetupReq", { EVCCID: element(evccIDType) });

/** 8.4.3.2.2. `EVSETimeStamp` in seconds since 1970. */
export const SessionSetupRes = message("SessionSetupRes", {
  ResponseCode: element(responseCodeType),
  EVSEID: element(evseIDType),
  EVSETimeStamp: optional(long),
});

/** 8.4.3.12.2 */
export const SessionStopReq = message("SessionStopReq", { ChargingSession: element(chargingSessionType) });

/** 8.4.3.12.3 */
export const SessionStopRes = message("SessionStopRes", { ResponseCode: element(responseCodeType) });

export type SessionSetupReq = Infer<typeof SessionSetupReq>;
export type SessionSetupRes = Infer<typeof SessionSetupRes>;
export type SessionStopReq = Infer<typeof SessionStopReq>;
export type SessionStopRes = Infer<typeof SessionStopRes>;
