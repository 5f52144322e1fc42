/** ISO 15118-2, Annex C: the abstract types and elements for which AC and DC ones stand in. */
import { element, optional, unsignedInt, unsignedShort } from "../../../exi/schema.ts";
import { EVSENotificationType, types } from "./simple.ts";

export const EVSEStatusType = types.complexType({
  /** Seconds in which the EVSE expects what it notifies. */
  NotificationMaxDelay: element(unsignedShort),
  EVSENotification: element(EVSENotificationType),
});
export const EVSEStatus = types.abstract("EVSEStatus", EVSEStatusType);

export const EVStatusType = types.complexType({});
export const EVStatus = types.abstract("EVStatus", EVStatusType);

export const EVChargeParameterType = types.complexType({
  /** Seconds from now. */
  DepartureTime: optional(unsignedInt),
});
export const EVChargeParameter = types.abstract("EVChargeParameter", EVChargeParameterType);

export const EVSEChargeParameterType = types.complexType({});
export const EVSEChargeParameter = types.abstract("EVSEChargeParameter", EVSEChargeParameterType);

export const EVPowerDeliveryParameterType = types.complexType({});
export const EVPowerDeliveryParameter = types.abstract("EVPowerDeliveryParameter", EVPowerDeliveryParameterType);
