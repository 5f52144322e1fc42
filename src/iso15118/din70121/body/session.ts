/** DIN SPEC 70121, 9.4.1.2 and 9.4.1.8: how a session begins and ends. */
import { element, type Infer, long, optional } from "../../../exi/schema.ts";
import { evccIDType, evseIDType, responseCodeType } from "../types/simple.ts";
import { message } from "./base.ts";

/** 9.4.1.2.2 */
export const SessionSetupReq = message("SessionSetupReq", { EVCCID: element(evccIDType) });

/** 9.4.1.2.3. `DateTimeNow` in seconds since 1970. */
export const SessionSetupRes = message("SessionSetupRes", {
  ResponseCode: element(responseCodeType),
  EVSEID: element(evseIDType),
  DateTimeNow: optional(long),
});

/** 9.4.1.8.2 */
export const SessionStopReq = message("SessionStopReq", {});

/** 9.4.1.8.3 */
export const SessionStopRes = message("SessionStopRes", { ResponseCode: element(responseCodeType) });

export type SessionSetupReq = Infer<typeof SessionSetupReq>;
export type SessionSetupRes = Infer<typeof SessionSetupRes>;
export type SessionStopReq = Infer<typeof SessionStopReq>;
export type SessionStopRes = Infer<typeof SessionStopRes>;
