/** DIN SPEC 70121, 9.4.1.5: the EV is authorised. PaymentDetails is the schema's only. */
import { attribute, element, type Infer, long, optional } from "../../../exi/schema.ts";
import { CertificateChainType } from "../types/certificates.ts";
import { contractIDType, EVSEProcessingType, genChallengeType, idType, responseCodeType } from "../types/simple.ts";
import { message } from "./base.ts";

export const PaymentDetailsReq = message("PaymentDetailsReq", {
  ContractID: element(contractIDType),
  ContractSignatureCertChain: element(CertificateChainType),
});

export const PaymentDetailsRes = message("PaymentDetailsRes", {
  ResponseCode: element(responseCodeType),
  GenChallenge: element(genChallengeType),
  DateTimeNow: element(long),
});

/** 9.4.1.5.1: empty, as nothing is signed. */
export const ContractAuthenticationReq = message("ContractAuthenticationReq", {
  "@Id": attribute(idType),
  GenChallenge: optional(genChallengeType),
});

/** 9.4.1.5.2 */
export const ContractAuthenticationRes = message("ContractAuthenticationRes", {
  ResponseCode: element(responseCodeType),
  EVSEProcessing: element(EVSEProcessingType),
});

export type ContractAuthenticationReq = Infer<typeof ContractAuthenticationReq>;
export type ContractAuthenticationRes = Infer<typeof ContractAuthenticationRes>;
