/** DIN SPEC 70121, 9.5.3: data types of DC charging. */
import { boolean, element, type Infer, optional, unsignedInt } from "../../../exi/schema.ts";
import {
  EVChargeParameterType,
  EVPowerDeliveryParameterType,
  EVSEChargeParameterType,
  EVSEStatusType,
  EVStatusType,
} from "./heads.ts";
import {
  DC_EVErrorCodeType,
  DC_EVSEStatusCodeType,
  EVSENotificationType,
  isolationLevelType,
  percentValueType,
  types,
} from "./simple.ts";
import { PhysicalValueType } from "./values.ts";

/** 9.5.3.1 */
export const DC_EVSEStatusType = types.extend(EVSEStatusType, {
  EVSEIsolationStatus: optional(isolationLevelType),
  EVSEStatusCode: element(DC_EVSEStatusCodeType),
  /** Seconds in which the EVSE expects what it notifies. */
  NotificationMaxDelay: element(unsignedInt),
  EVSENotification: element(EVSENotificationType),
});
export const DC_EVSEStatus = types.global("DC_EVSEStatus", DC_EVSEStatusType);

/** 9.5.3.2 */
export const DC_EVStatusType = types.extend(EVStatusType, {
  EVReady: element(boolean),
  EVCabinConditioning: optional(boolean),
  EVRESSConditioning: optional(boolean),
  EVErrorCode: element(DC_EVErrorCodeType),
  EVRESSSOC: element(percentValueType),
});
export const DC_EVStatus = types.global("DC_EVStatus", DC_EVStatusType);

/** 9.5.3.3 */
export const DC_EVChargeParameter = types.global(
  "DC_EVChargeParameter",
  types.extend(EVChargeParameterType, {
    DC_EVStatus: element(DC_EVStatusType),
    EVMaximumCurrentLimit: element(PhysicalValueType),
    EVMaximumPowerLimit: optional(PhysicalValueType),
    EVMaximumVoltageLimit: element(PhysicalValueType),
    EVEnergyCapacity: optional(PhysicalValueType),
    EVEnergyRequest: optional(PhysicalValueType),
    FullSOC: optional(percentValueType),
    BulkSOC: optional(percentValueType),
  }),
);

/** 9.5.3.4 */
export const DC_EVSEChargeParameter = types.global(
  "DC_EVSEChargeParameter",
  types.extend(EVSEChargeParameterType, {
    DC_EVSEStatus: element(DC_EVSEStatusType),
    EVSEMaximumCurrentLimit: element(PhysicalValueType),
    EVSEMaximumPowerLimit: optional(PhysicalValueType),
    EVSEMaximumVoltageLimit: element(PhysicalValueType),
    EVSEMinimumCurrentLimit: element(PhysicalValueType),
    EVSEMinimumVoltageLimit: element(PhysicalValueType),
    EVSECurrentRegulationTolerance: optional(PhysicalValueType),
    EVSEPeakCurrentRipple: element(PhysicalValueType),
    EVSEEnergyToBeDelivered: optional(PhysicalValueType),
  }),
);

/** 9.5.3.5 */
export const DC_EVPowerDeliveryParameter = types.global(
  "DC_EVPowerDeliveryParameter",
  types.extend(EVPowerDeliveryParameterType, {
    DC_EVStatus: element(DC_EVStatusType),
    BulkChargingComplete: optional(boolean),
    ChargingComplete: element(boolean),
  }),
);

export type DC_EVSEStatus = Infer<typeof DC_EVSEStatusType>;
export type DC_EVStatus = Infer<typeof DC_EVStatusType>;
export type DC_EVChargeParameter = Infer<typeof DC_EVChargeParameter>;
export type DC_EVSEChargeParameter = Infer<typeof DC_EVSEChargeParameter>;
