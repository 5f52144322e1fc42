/** ISO 15118-2, 8.5.2.1 to 8.5.2.4, 8.5.2.9 and 8.5.2.21 to 8.5.2.25: services, their parameters and the ways to pay. */
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
  EnergyTransferModeType,
  paymentOptionType,
  serviceCategoryType,
  serviceIDType,
  serviceNameType,
  serviceScopeType,
  types,
} from "./simple.ts";
import { PhysicalValueType } from "./values.ts";

/** 8.5.2.1 */
export const ServiceType = types.complexType({
  ServiceID: element(serviceIDType),
  ServiceName: optional(serviceNameType),
  ServiceCategory: element(serviceCategoryType),
  ServiceScope: optional(serviceScopeType),
  FreeService: element(boolean),
});

/** 8.5.2.2: value added services. */
export const ServiceListType = types.complexType({ Service: repeated(ServiceType, 1, 8) });

/** 8.5.2.4 */
export const SupportedEnergyTransferModeType = types.complexType({
  EnergyTransferMode: repeated(EnergyTransferModeType, 1, 6),
});

/** 8.5.2.3: the charging itself, always offered. */
export const ChargeServiceType = types.extend(ServiceType, {
  SupportedEnergyTransferMode: element(SupportedEnergyTransferModeType),
});

/** 8.5.2.9 */
export const PaymentOptionListType = types.complexType({ PaymentOption: repeated(paymentOptionType, 1, 2) });

/** 8.5.2.23: a name and one value of the kind it has. */
export const ParameterType = types.complexType({
  "@Name": attribute(string(), { required: true }),
  value: choice({
    boolValue: element(boolean),
    byteValue: element(byte),
    shortValue: element(short),
    intValue: element(int),
    physicalValue: element(PhysicalValueType),
    stringValue: element(string()),
  }),
});

/** 8.5.2.22 */
export const ParameterSetType = types.complexType({
  ParameterSetID: element(short),
  Parameter: repeated(ParameterType, 1, 16),
});

/** 8.5.2.21 */
export const ServiceParameterListType = types.complexType({ ParameterSet: repeated(ParameterSetType, 1, 255) });

/** 8.5.2.25 */
export const SelectedServiceType = types.complexType({
  ServiceID: element(serviceIDType),
  ParameterSetID: optional(short),
});

/** 8.5.2.24 */
export const SelectedServiceListType = types.complexType({ SelectedService: repeated(SelectedServiceType, 1, 16) });

export type Service = Infer<typeof ServiceType>;
export type ParameterSet = Infer<typeof ParameterSetType>;
export type SelectedService = Infer<typeof SelectedServiceType>;
