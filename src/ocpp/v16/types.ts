/** Names for what the schemas of OCPP 1.6 nest without one (section 7 of the specification has them). */
import type {
  AuthorizeResponse,
  MeterValuesRequest,
  SendLocalListRequest,
  SetChargingProfileRequest,
  StatusNotificationRequest,
  StopTransactionRequest,
} from "./messages.generated.ts";

export type IdTagInfo = AuthorizeResponse["idTagInfo"];
export type AuthorizationStatus = IdTagInfo["status"];
export type AuthorizationData = NonNullable<SendLocalListRequest["localAuthorizationList"]>[number];

export type MeterValue = MeterValuesRequest["meterValue"][number];
export type SampledValue = MeterValue["sampledValue"][number];
export type Measurand = NonNullable<SampledValue["measurand"]>;
export type ReadingContext = NonNullable<SampledValue["context"]>;
export type Phase = NonNullable<SampledValue["phase"]>;
export type UnitOfMeasure = NonNullable<SampledValue["unit"]>;

export type ChargingProfile = SetChargingProfileRequest["csChargingProfiles"];
export type ChargingProfilePurpose = ChargingProfile["chargingProfilePurpose"];
export type ChargingSchedule = ChargingProfile["chargingSchedule"];
export type ChargingSchedulePeriod = ChargingSchedule["chargingSchedulePeriod"][number];
export type ChargingRateUnit = ChargingSchedule["chargingRateUnit"];

export type ChargePointStatus = StatusNotificationRequest["status"];
export type ChargePointErrorCode = StatusNotificationRequest["errorCode"];
export type Reason = NonNullable<StopTransactionRequest["reason"]>;
