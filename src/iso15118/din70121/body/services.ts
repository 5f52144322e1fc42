/** DIN SPEC 70121, 9.4.1.3 and 9.4.1.4: what the EVSE offers and what the EV takes. ServiceDetail is the schema's only. */
import { element, type Infer, optional } from "../../../exi/schema.ts";
import {
  PaymentOptionsType,
  SelectedServiceListType,
  ServiceChargeType,
  ServiceParameterListType,
  ServiceTagListType,
} from "../types/services.ts";
import {
  paymentOptionType,
  responseCodeType,
  serviceCategoryType,
  serviceIDType,
  serviceScopeType,
} from "../types/simple.ts";
import { message } from "./base.ts";

/** 9.4.1.3.2 */
export const ServiceDiscoveryReq = message("ServiceDiscoveryReq", {
  ServiceScope: optional(serviceScopeType),
  ServiceCategory: optional(serviceCategoryType),
});

/** 9.4.1.3.3 */
export const ServiceDiscoveryRes = message("ServiceDiscoveryRes", {
  ResponseCode: element(responseCodeType),
  PaymentOptions: element(PaymentOptionsType),
  ChargeService: element(ServiceChargeType),
  ServiceList: optional(ServiceTagListType),
});

export const ServiceDetailReq = message("ServiceDetailReq", { ServiceID: element(serviceIDType) });

export const ServiceDetailRes = message("ServiceDetailRes", {
  ResponseCode: element(responseCodeType),
  ServiceID: element(serviceIDType),
  ServiceParameterList: optional(ServiceParameterListType),
});

/** 9.4.1.4.2 */
export const ServicePaymentSelectionReq = message("ServicePaymentSelectionReq", {
  SelectedPaymentOption: element(paymentOptionType),
  SelectedServiceList: element(SelectedServiceListType),
});

/** 9.4.1.4.3 */
export const ServicePaymentSelectionRes = message("ServicePaymentSelectionRes", {
  ResponseCode: element(responseCodeType),
});

export type ServiceDiscoveryReq = Infer<typeof ServiceDiscoveryReq>;
export type ServiceDiscoveryRes = Infer<typeof ServiceDiscoveryRes>;
export type ServicePaymentSelectionReq = Infer<typeof ServicePaymentSelectionReq>;
export type ServicePaymentSelectionRes = Infer<typeof ServicePaymentSelectionRes>;
