/** DIN SPEC 70121, 9.4.2: messages of DC charging. */
import { boolean, element, type Infer, optional } from "../../../exi/schema.ts";
import { DC_EVSEStatusType, DC_EVStatusType } from "../types/dc.ts";
import { EVSEProcessingType, responseCodeType } from "../types/simple.ts";
import { PhysicalValueType } from "../types/values.ts";
import { message } from "./base.ts";

/** 9.4.2.2.2 */
export const CableCheckReq = message("CableCheckReq", { DC_EVStatus: element(DC_EVStatusType) });

/** 9.4.2.2.3 */
export const CableCheckRes = message("CableCheckRes", {
  ResponseCode: element(responseCodeType),
  DC_EVSEStatus: element(DC_EVSEStatusType),
  EVSEProcessing: element(EVSEProcessingType),
});

/** 9.4.2.3.2 */
export const PreChargeReq = message("PreChargeReq", {
  DC_EVStatus: element(DC_EVStatusType),
  EVTargetVoltage: element(PhysicalValueType),
  EVTargetCurrent: element(PhysicalValueType),
});

/** 9.4.2.3.3 */
export const PreChargeRes = message("PreChargeRes", {
  ResponseCode: element(responseCodeType),
  DC_EVSEStatus: element(DC_EVSEStatusType),
  EVSEPresentVoltage: element(PhysicalValueType),
});

/** 9.4.2.4.2 */
export const CurrentDemandReq = message("CurrentDemandReq", {
  DC_EVStatus: element(DC_EVStatusType),
  EVTargetCurrent: element(PhysicalValueType),
  EVMaximumVoltageLimit: optional(PhysicalValueType),
  EVMaximumCurrentLimit: optional(PhysicalValueType),
  EVMaximumPowerLimit: optional(PhysicalValueType),
  BulkChargingComplete: optional(boolean),
  ChargingComplete: element(boolean),
  RemainingTimeToFullSoC: optional(PhysicalValueType),
  RemainingTimeToBulkSoC: optional(PhysicalValueType),
  EVTargetVoltage: element(PhysicalValueType),
});

/** 9.4.2.4.3 */
export const CurrentDemandRes = message("CurrentDemandRes", {
  ResponseCode: element(responseCodeType),
  DC_EVSEStatus: element(DC_EVSEStatusType),
  EVSEPresentVoltage: element(PhysicalValueType),
  EVSEPresentCurrent: element(PhysicalValueType),
  EVSECurrentLimitAchieved: element(boolean),
  EVSEVoltageLimitAchieved: element(boolean),
  EVSEPowerLimitAchieved: element(boolean),
  EVSEMaximumVoltageLimit: optional(PhysicalValueType),
  EVSEMaximumCurrentLimit: optional(PhysicalValueType),
  EVSEMaximumPowerLimit: optional(PhysicalValueType),
});

/** 9.4.2.5.2 */
export const WeldingDetectionReq = message("WeldingDetectionReq", { DC_EVStatus: element(DC_EVStatusType) });

/** 9.4.2.5.3 */
export const WeldingDetectionRes = message("WeldingDetectionRes", {
  ResponseCode: element(responseCodeType),
  DC_EVSEStatus: element(DC_EVSEStatusType),
  EVSEPresentVoltage: element(PhysicalValueType),
});

export type CableCheckReq = Infer<typeof CableCheckReq>;
export type CableCheckRes = Infer<typeof CableCheckRes>;
export type PreChargeReq = Infer<typeof PreChargeReq>;
export type PreChargeRes = Infer<typeof PreChargeRes>;
export type CurrentDemandReq = Infer<typeof CurrentDemandReq>;
export type CurrentDemandRes = Infer<typeof CurrentDemandRes>;
export type WeldingDetectionReq = Infer<typeof WeldingDetectionReq>;
export type WeldingDetectionRes = Infer<typeof WeldingDetectionRes>;
