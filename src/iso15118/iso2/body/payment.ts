/** ISO 15118-2, 8.4.3.6 and 8.4.3.7: the contract is shown and the EV authorised. */
import { attribute, element, type Infer, long, optional } from "../../../exi/schema.ts";
import { CertificateChainType } from "../types/certificates.ts";
import { EVSEProcessingType, eMAIDType, genChallengeType, idType, responseCodeType } from "../types/simple.ts";
import { message } from "./base.ts";

/** 8.4.3.6.2 */
export const PaymentDetailsReq = message("PaymentDetailsReq", {
  eMAID: element(eMAIDType),
  ContractSignatureCertChain: element(CertificateChainType),
});

/** 8.4.3.6.3. `EVSETimeStamp` in seconds since 1970. */
export const PaymentDetailsRes = message("PaymentDetailsRes", {
  ResponseCode: element(responseCodeType),
  GenChallenge: element(genChallengeType),
  EVSETimeStamp: element(long),
});

/** 8.4.3.7.1: with a contract the first one repeats the challenge and is signed. */
export const AuthorizationReq = message("AuthorizationReq", {
  "@Id": attribute(idType),
  GenChallenge: optional(genChallengeType),
});

/** 8.4.3.7.2 */
export const AuthorizationRes = message("AuthorizationRes", {
  ResponseCode: element(responseCodeType),
  EVSEProcessing: element(EVSEProcessingType),
});

export type PaymentDetailsReq = Infer<typeof PaymentDetailsReq>;
export type PaymentDetailsRes = Infer<typeof PaymentDetailsRes>;
export type AuthorizationReq = Infer<typeof AuthorizationReq>;
export type AuthorizationRes = Infer<typeof AuthorizationRes>;
