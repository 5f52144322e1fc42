/** ISO 15118-2, 8.4.3.3 to 8.4.3.5: what the EVSE offers and what the EV takes. */
import { element, type Infer, optional } from "../../../exi/schema.ts";
import {
  ChargeServiceType,
  PaymentOptionListType,
  SelectedServiceListType,
  ServiceListType,
  ServiceParameterListType,
} from "../types/services.ts";
import {
  paymentOptionType,
  responseCodeType,
  serviceCategoryType,
  serviceIDType,
  serviceScopeType,
} from "../types/simple.ts";
import { message } from "./base.ts";

/** 8.4.3.3.2 */
export const ServiceDiscoveryReq = message("ServiceDiscoveryReq", {
  ServiceScope: optional(serviceScopeType),
  ServiceCategory: optional(serviceCategoryType),
});

/** 8.4.3.3.3 */
export const ServiceDiscoveryRes = message("ServiceDiscoveryRes", {
  ResponseCode: element(responseCodeType),
  PaymentOptionList: element(PaymentOptionListType),
  ChargeService: element(ChargeServiceType),
  ServiceList: optional(ServiceListType),
});

/** 8.4.3.4.1 */
export const ServiceDetailReq = message("ServiceDetailReq", { ServiceID: element(serviceIDType) });

/** 8.4.3.4.2 */
export const ServiceDetailRes = message("ServiceDetailRes", {
  ResponseCode: element(responseCodeType),
  ServiceID: element(serviceIDType),
  ServiceParameterList: optional(ServiceParameterListType),
});

/** 8.4.3.5.2 */
export const PaymentServiceSelectionReq = message("PaymentServiceSelectionReq", {
  SelectedPaymentOption: element(paymentOptionType),
  SelectedServiceList: element(SelectedServiceListType),
});

/** 8.4.3.5.3 */
export const PaymentServiceSelectionRes = message("PaymentServiceSelectionRes", {
  ResponseCode: element(responseCodeType),
});

export type ServiceDiscoveryReq = Infer<typeof ServiceDiscoveryReq>;
export type ServiceDiscoveryRes = Infer<typeof ServiceDiscoveryRes>;
export type ServiceDetailReq = Infer<typeof ServiceDetailReq>;
export type ServiceDetailRes = Infer<typeof ServiceDetailRes>;
export type PaymentServiceSelectionReq = Infer<typeof PaymentServiceSelectionReq>;
export type PaymentServiceSelectionRes = Infer<typeof PaymentServiceSelectionRes>;
