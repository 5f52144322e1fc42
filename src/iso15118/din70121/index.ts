/** DIN SPEC 70121:2014: all messages, their types, and the set of schemas that codes them. */
import { schemaSet } from "../../exi/schema.ts";
import { xmldsig } from "../xmldsig.ts";
import { BodyElement } from "./body/base.ts";
import { messages, V2G_Message } from "./message.ts";
import { AC_EVChargeParameter, AC_EVSEChargeParameter, AC_EVSEStatus } from "./types/ac.ts";
import {
  DC_EVChargeParameter,
  DC_EVPowerDeliveryParameter,
  DC_EVSEChargeParameter,
  DC_EVSEStatus,
  DC_EVStatus,
} from "./types/dc.ts";
import {
  EVChargeParameter,
  EVPowerDeliveryParameter,
  EVSEChargeParameter,
  EVSEStatus,
  EVStatus,
} from "./types/heads.ts";
import {
  Entry,
  PMaxScheduleEntry,
  RelativeTimeInterval,
  SAScheduleList,
  SASchedules,
  SalesTariffEntry,
  TimeInterval,
} from "./types/schedules.ts";
import { ServiceCharge } from "./types/services.ts";

export type * from "./body/charging.ts";
export type * from "./body/dc.ts";
export type * from "./body/payment.ts";
export type * from "./body/services.ts";
export type * from "./body/session.ts";
export { dinEvseId } from "./evseId.ts";
export {
  bodyOf,
  type MessageHeader,
  type MessageName,
  type Messages,
  messageOf,
  type Named,
  type RequestName,
  type ResponseName,
  type V2G_Message,
} from "./message.ts";
export { dinSessionTimes, dinTimeout } from "./timers.ts";
export type * from "./types/dc.ts";
export type * from "./types/schedules.ts";
export type * from "./types/services.ts";
export type * from "./types/values.ts";

/** As the protocol is named in the handshake: version 2.0. */
export const DIN_NAMESPACE = "urn:din:70121:2012:MsgDef";

/** Every global element of MsgDef, MsgHeader, MsgBody, MsgDataTypes and xmldsig: 81, with 245 names of elements. */
export const din = schemaSet("din", {
  ...xmldsig.elements,
  ...messages,
  V2G_Message,
  BodyElement,
  AC_EVChargeParameter,
  AC_EVSEChargeParameter,
  AC_EVSEStatus,
  DC_EVChargeParameter,
  DC_EVPowerDeliveryParameter,
  DC_EVSEChargeParameter,
  DC_EVSEStatus,
  DC_EVStatus,
  EVChargeParameter,
  EVPowerDeliveryParameter,
  EVSEChargeParameter,
  EVSEStatus,
  EVStatus,
  Entry,
  PMaxScheduleEntry,
  RelativeTimeInterval,
  SAScheduleList,
  SASchedules,
  SalesTariffEntry,
  ServiceCharge,
  TimeInterval,
});
