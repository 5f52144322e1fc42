/** ISO 15118-2, 8.5.3: data types of AC charging. */
import { boolean, element, type Infer } from "../../../exi/schema.ts";
import { EVChargeParameterType, EVSEChargeParameterType, EVSEStatusType } from "./heads.ts";
import { types } from "./simple.ts";
import { PhysicalValueType } from "./values.ts";

/** 8.5.3.1 */
export const AC_EVSEStatusType = types.extend(EVSEStatusType, {
  /** True when the residual current device has found a fault. */
  RCD: element(boolean),
});
export const AC_EVSEStatus = types.global("AC_EVSEStatus", AC_EVSEStatusType);

/** 8.5.3.2 */
export const AC_EVChargeParameter = types.global(
  "AC_EVChargeParameter",
  types.extend(EVChargeParameterType, {
    EAmount: element(PhysicalValueType),
    EVMaxVoltage: element(PhysicalValueType),
    EVMaxCurrent: element(PhysicalValueType),
    EVMinCurrent: element(PhysicalValueType),
  }),
);

/** 8.5.3.3 */
export const AC_EVSEChargeParameter = types.global(
  "AC_EVSEChargeParameter",
  types.extend(EVSEChargeParameterType, {
    AC_EVSEStatus: element(AC_EVSEStatusType),
    EVSENominalVoltage: element(PhysicalValueType),
    EVSEMaxCurrent: element(PhysicalValueType),
  }),
);

export type AC_EVSEStatus = Infer<typeof AC_EVSEStatusType>;
export type AC_EVChargeParameter = Infer<typeof AC_EVChargeParameter>;
export type AC_EVSEChargeParameter = Infer<typeof AC_EVSEChargeParameter>;
