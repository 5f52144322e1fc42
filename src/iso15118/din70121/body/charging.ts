/** DIN SPEC 70121, 9.4.1.6 and 9.4.1.7: limits, power on and off. Receipts and the AC charging loop are the schema's only. */
import { attribute, boolean, element, type Infer, optional, substitution } from "../../../exi/schema.ts";
import { AC_EVChargeParameter, AC_EVSEChargeParameter, AC_EVSEStatus, AC_EVSEStatusType } from "../types/ac.ts";
import {
  DC_EVChargeParameter,
  DC_EVPowerDeliveryParameter,
  DC_EVSEChargeParameter,
  DC_EVSEStatus,
} from "../types/dc.ts";
import { EVChargeParameter, EVPowerDeliveryParameter, EVSEChargeParameter, EVSEStatus } from "../types/heads.ts";
import { ChargingProfileType, SAScheduleList, SASchedules } from "../types/schedules.ts";
import {
  EVRequestedEnergyTransferType,
  EVSEProcessingType,
  evseIDType,
  idType,
  responseCodeType,
  SAIDType,
  sessionIDType,
} from "../types/simple.ts";
import { MeterInfoType, PhysicalValueType } from "../types/values.ts";
import { message } from "./base.ts";

/** 9.4.1.6.2 */
export const ChargeParameterDiscoveryReq = message("ChargeParameterDiscoveryReq", {
  EVRequestedEnergyTransferType: element(EVRequestedEnergyTransferType),
  EVChargeParameter: substitution(EVChargeParameter, AC_EVChargeParameter, DC_EVChargeParameter),
});

/** 9.4.1.6.3 */
export const ChargeParameterDiscoveryRes = message("ChargeParameterDiscoveryRes", {
  ResponseCode: element(responseCodeType),
  EVSEProcessing: element(EVSEProcessingType),
  SASchedules: substitution(SASchedules, SAScheduleList),
  EVSEChargeParameter: substitution(EVSEChargeParameter, AC_EVSEChargeParameter, DC_EVSEChargeParameter),
});

/** 9.4.1.7.2 */
export const PowerDeliveryReq = message("PowerDeliveryReq", {
  /** True to start, false to stop. */
  ReadyToChargeState: element(boolean),
  ChargingProfile: optional(ChargingProfileType),
  EVPowerDeliveryParameter: optional(substitution(EVPowerDeliveryParameter, DC_EVPowerDeliveryParameter)),
});

/** 9.4.1.7.3 */
export const PowerDeliveryRes = message("PowerDeliveryRes", {
  ResponseCode: element(responseCodeType),
  EVSEStatus: substitution(EVSEStatus, AC_EVSEStatus, DC_EVSEStatus),
});

export const ChargingStatusReq = message("ChargingStatusReq", {});

export const ChargingStatusRes = message("ChargingStatusRes", {
  ResponseCode: element(responseCodeType),
  EVSEID: element(evseIDType),
  SAScheduleTupleID: element(SAIDType),
  EVSEMaxCurrent: optional(PhysicalValueType),
  MeterInfo: optional(MeterInfoType),
  ReceiptRequired: element(boolean),
  AC_EVSEStatus: element(AC_EVSEStatusType),
});

export const MeteringReceiptReq = message("MeteringReceiptReq", {
  "@Id": attribute(idType),
  SessionID: element(sessionIDType),
  SAScheduleTupleID: optional(SAIDType),
  MeterInfo: element(MeterInfoType),
});

export const MeteringReceiptRes = message("MeteringReceiptRes", {
  ResponseCode: element(responseCodeType),
  AC_EVSEStatus: element(AC_EVSEStatusType),
});

export type ChargeParameterDiscoveryReq = Infer<typeof ChargeParameterDiscoveryReq>;
export type ChargeParameterDiscoveryRes = Infer<typeof ChargeParameterDiscoveryRes>;
export type PowerDeliveryReq = Infer<typeof PowerDeliveryReq>;
export type PowerDeliveryRes = Infer<typeof PowerDeliveryRes>;
