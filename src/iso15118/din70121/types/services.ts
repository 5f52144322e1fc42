/** DIN SPEC 70121, 9.5.2.1 to 9.5.2.5: services, their parameters and the ways to pay. */
import {
  attribute,
  boolean,
  byte,
  choice,
  element,
  type Infer,
  int,
  optional,
  repeated,
  short,
  string,
} from "../../../exi/schema.ts";
import {
  EVSESupportedEnergyTransferType,
  paymentOptionType,
  serviceCategoryType,
  serviceIDType,
  serviceNameType,
  serviceScopeType,
  types,
  valueType,
} from "./simple.ts";
import { PhysicalValueType } from "./values.ts";

const many = Number.POSITIVE_INFINITY;

export const ServiceTagType = types.complexType({
  ServiceID: element(serviceIDType),
  ServiceName: optional(serviceNameType),
  ServiceCategory: element(serviceCategoryType),
  ServiceScope: optional(serviceScopeType),
});

export const ServiceType = types.complexType({ ServiceTag: element(ServiceTagType), FreeService: element(boolean) });

/** Value added services. */
export const ServiceTagListType = types.complexType({ Service: repeated(ServiceType, 1, many) });

/** 9.5.2.3: the charging itself, always offered. */
export const ServiceChargeType = types.extend(ServiceType, {
  EnergyTransferType: element(EVSESupportedEnergyTransferType),
});
export const ServiceCharge = types.global("ServiceCharge", ServiceChargeType);

/** 9.5.2.5 */
export const PaymentOptionsType = types.complexType({ PaymentOption: repeated(paymentOptionType, 1, many) });

/** A name and one value of the kind that `@ValueType` says. */
export const ParameterType = types.complexType({
  "@Name": attribute(string(), { required: true }),
  "@ValueType": attribute(valueType, { required: true }),
  value: choice({
    boolValue: element(boolean),
    byteValue: element(byte),
    shortValue: element(short),
    intValue: element(int),
    physicalValue: element(PhysicalValueType),
    stringValue: element(string()),
  }),
});

export const ParameterSetType = types.complexType({
  ParameterSetID: element(short),
  Parameter: repeated(ParameterType, 1, many),
});

export const ServiceParameterListType = types.complexType({ ParameterSet: repeated(ParameterSetType, 1, many) });

export const SelectedServiceType = types.complexType({
  ServiceID: element(serviceIDType),
  ParameterSetID: optional(short),
});

export const SelectedServiceListType = types.complexType({ SelectedService: repeated(SelectedServiceType, 1, many) });

export type ServiceCharge = Infer<typeof ServiceChargeType>;
