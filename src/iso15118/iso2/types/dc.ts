/** ISO 15118-2, 8.5.4: data types of DC charging. */
import { boolean, element, type Infer, optional } from "../../../exi/schema.ts";
import {
  EVChargeParameterType,
  EVPowerDeliveryParameterType,
  EVSEChargeParameterType,
  EVSEStatusType,
  EVStatusType,
} from "./heads.ts";
import { DC_EVErrorCodeType, DC_EVSEStatusCodeType, isolationLevelType, percentValueType, types } from "./simple.ts";
import { PhysicalValueType } from "./values.ts";

/** 8.5.4.1 */
export const DC_EVSEStatusType = types.extend(EVSEStatusType, {
  EVSEIsolationStatus: optional(isolationLevelType),
  EVSEStatusCode: element(DC_EVSEStatusCodeType),
});
export const DC_EVSEStatus = types.global("DC_EVSEStatus", DC_EVSEStatusType);

/** 8.5.4.2 */
export const DC_EVStatusType = types.extend(EVStatusType, {
  EVReady: element(boolean),
  EVErrorCode: element(DC_EVErrorCodeType),
  EVRESSSOC: element(percentValueType),
});
export const DC_EVStatus = types.global("DC_EVStatus", DC_EVStatusType);

/** 8.5.4.3 */
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

/** 8.5.4.4 */
export const DC_EVSEChargeParameter = types.global(
  "DC_EVSEChargeParameter",
  types.extend(EVSEChargeParameterType, {
    DC_EVSEStatus: element(DC_EVSEStatusType),
    EVSEMaximumCurrentLimit: element(PhysicalValueType),
    EVSEMaximumPowerLimit: element(PhysicalValueType),
    EVSEMaximumVoltageLimit: element(PhysicalValueType),
    EVSEMinimumCurrentLimit: element(PhysicalValueType),
    EVSEMinimumVoltageLimit: element(PhysicalValueType),
    EVSECurrentRegulationTolerance: optional(PhysicalValueType),
    EVSEPeakCurrentRipple: element(PhysicalValueType),
    EVSEEnergyToBeDelivered: optional(PhysicalValueType),
  }),
);

/** 8.5.4.5 */
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
