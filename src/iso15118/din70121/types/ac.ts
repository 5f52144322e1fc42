/** DIN SPEC 70121, Annex A: data types of AC charging, which the specification leaves out and its schema keeps. */
import { boolean, element, unsignedInt } from "../../../exi/schema.ts";
import { EVChargeParameterType, EVSEChargeParameterType, EVSEStatusType } from "./heads.ts";
import { EVSENotificationType, types } from "./simple.ts";
import { PhysicalValueType } from "./values.ts";

export const AC_EVSEStatusType = types.extend(EVSEStatusType, {
  PowerSwitchClosed: element(boolean),
  /** True when the residual current device has found a fault. */
  RCD: element(boolean),
  /** Seconds in which the EVSE expects what it notifies. */
  NotificationMaxDelay: element(unsignedInt),
  EVSENotification: element(EVSENotificationType),
});
export const AC_EVSEStatus = types.global("AC_EVSEStatus", AC_EVSEStatusType);

export const AC_EVChargeParameter = types.global(
  "AC_EVChargeParameter",
  types.extend(EVChargeParameterType, {
    /** Seconds from the moment of the message. */
    DepartureTime: element(unsignedInt),
    EAmount: element(PhysicalValueType),
    EVMaxVoltage: element(PhysicalValueType),
    EVMaxCurrent: element(PhysicalValueType),
    EVMinCurrent: element(PhysicalValueType),
  }),
);

export const AC_EVSEChargeParameter = types.global(
  "AC_EVSEChargeParameter",
  types.extend(EVSEChargeParameterType, {
    AC_EVSEStatus: element(AC_EVSEStatusType),
    EVSEMaxVoltage: element(PhysicalValueType),
    EVSEMaxCurrent: element(PhysicalValueType),
    EVSEMinCurrent: element(PhysicalValueType),
  }),
);
