/** DIN SPEC 70121, Annex A: the abstract types and elements for which AC and DC ones stand in. */
import { types } from "./simple.ts";

export const EVSEStatusType = types.complexType({});
export const EVSEStatus = types.abstract("EVSEStatus", EVSEStatusType);

export const EVStatusType = types.complexType({});
export const EVStatus = types.abstract("EVStatus", EVStatusType);

export const EVChargeParameterType = types.complexType({});
export const EVChargeParameter = types.abstract("EVChargeParameter", EVChargeParameterType);

export const EVSEChargeParameterType = types.complexType({});
export const EVSEChargeParameter = types.abstract("EVSEChargeParameter", EVSEChargeParameterType);

export const EVPowerDeliveryParameterType = types.complexType({});
export const EVPowerDeliveryParameter = types.abstract("EVPowerDeliveryParameter", EVPowerDeliveryParameterType);
