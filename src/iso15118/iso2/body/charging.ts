/** ISO 15118-2, 8.4.3.8, 8.4.3.9, 8.4.3.13 and 8.4.4.2: limits, power on and off, receipts, and the AC charging loop. */
import { attribute, boolean, element, type Infer, optional, substitution, unsignedShort } from "../../../exi/schema.ts";
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
  chargeProgressType,
  EnergyTransferModeType,
  EVSEProcessingType,
  evseIDType,
  idType,
  responseCodeType,
  SAIDType,
  sessionIDType,
} from "../types/simple.ts";
import { MeterInfoType, PhysicalValueType } from "../types/values.ts";
import { message } from "./base.ts";

/** AC_EVSEStatus or DC_EVSEStatus. */
const anyEVSEStatus = substitution(EVSEStatus, AC_EVSEStatus, DC_EVSEStatus);

/** 8.4.3.8.2 */
export const ChargeParameterDiscoveryReq = message("ChargeParameterDiscoveryReq", {
  MaxEntriesSAScheduleTuple: optional(unsignedShort),
  RequestedEnergyTransferMode: element(EnergyTransferModeType),
  EVChargeParameter: substitution(EVChargeParameter, AC_EVChargeParameter, DC_EVChargeParameter),
});

/** 8.4.3.8.3: the schedules are there once `EVSEProcessing` is Finished. */
export const ChargeParameterDiscoveryRes = message("ChargeParameterDiscoveryRes", {
  ResponseCode: element(responseCodeType),
  EVSEProcessing: element(EVSEProcessingType),
  SASchedules: optional(substitution(SASchedules, SAScheduleList)),
  EVSEChargeParameter: substitution(EVSEChargeParameter, AC_EVSEChargeParameter, DC_EVSEChargeParameter),
});

/** 8.4.3.9.2 */
export const PowerDeliveryReq = message("PowerDeliveryReq", {
  ChargeProgress: element(chargeProgressType),
  SAScheduleTupleID: element(SAIDType),
  ChargingProfile: optional(ChargingProfileType),
  EVPowerDeliveryParameter: optional(substitution(EVPowerDeliveryParameter, DC_EVPowerDeliveryParameter)),
});

/** 8.4.3.9.3 */
export const PowerDeliveryRes = message("PowerDeliveryRes", {
  ResponseCode: element(responseCodeType),
  EVSEStatus: anyEVSEStatus,
});

/** 8.4.3.13.2: signed with the contract's key. */
export const MeteringReceiptReq = message("MeteringReceiptReq", {
  "@Id": attribute(idType),
  SessionID: element(sessionIDType),
  SAScheduleTupleID: optional(SAIDType),
  MeterInfo: element(MeterInfoType),
});

/** 8.4.3.13.3 */
export const MeteringReceiptRes = message("MeteringReceiptRes", {
  ResponseCode: element(responseCodeType),
  EVSEStatus: anyEVSEStatus,
});

/** 8.4.4.2.2 */
export const ChargingStatusReq = message("ChargingStatusReq", {});

/** 8.4.4.2.3 */
export const ChargingStatusRes = message("ChargingStatusRes", {
  ResponseCode: element(responseCodeType),
  EVSEID: element(evseIDType),
  SAScheduleTupleID: element(SAIDType),
  EVSEMaxCurrent: optional(PhysicalValueType),
  MeterInfo: optional(MeterInfoType),
  ReceiptRequired: optional(boolean),
  AC_EVSEStatus: element(AC_EVSEStatusType),
});

export type ChargeParameterDiscoveryReq = Infer<typeof ChargeParameterDiscoveryReq>;
export type ChargeParameterDiscoveryRes = Infer<typeof ChargeParameterDiscoveryRes>;
export type PowerDeliveryReq = Infer<typeof PowerDeliveryReq>;
export type PowerDeliveryRes = Infer<typeof PowerDeliveryRes>;
export type MeteringReceiptReq = Infer<typeof MeteringReceiptReq>;
export type MeteringReceiptRes = Infer<typeof MeteringReceiptRes>;
export type ChargingStatusReq = Infer<typeof ChargingStatusReq>;
export type ChargingStatusRes = Infer<typeof ChargingStatusRes>;
