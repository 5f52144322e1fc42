/** The contracts that the demo's car can come with, and what a right charging station does with each. */

/** Those that are made before the car comes. */
export const contractCases = ["valid", "revoked", "expired", "unknown-root", "bad-signature", "wrong-key"] as const;
/** `installed`: by the station, when the car has come. */
export type ContractCase = (typeof contractCases)[number] | "installed";

export interface ContractCaseFacts {
  readonly about: string;
  /** The answer that ends the session; absent when the car charges. */
  readonly refusal?: { readonly message: string; readonly ResponseCode: string };
}

export const contractCaseFacts: Readonly<Record<ContractCase, ContractCaseFacts>> = {
  valid: { about: "a contract in order" },
  revoked: {
    about: "a contract that its issuer has revoked; only the CSMS can know",
    refusal: { message: "AuthorizationRes", ResponseCode: "FAILED_CertificateRevoked" },
  },
  expired: {
    about: "a contract whose certificate has expired",
    refusal: { message: "PaymentDetailsRes", ResponseCode: "FAILED_CertificateExpired" },
  },
  "unknown-root": {
    about: "a contract under a root that the station does not trust",
    refusal: { message: "PaymentDetailsRes", ResponseCode: "FAILED_CertificateNotAllowedAtThisEVSE" },
  },
  "bad-signature": {
    about: "a contract certificate that its issuer did not sign",
    refusal: { message: "PaymentDetailsRes", ResponseCode: "FAILED_CertChainError" },
  },
  "wrong-key": {
    about: "a car that signs with another key than its contract's",
    refusal: { message: "AuthorizationRes", ResponseCode: "FAILED_SignatureError" },
  },
  installed: { about: "its provisioning certificate alone, and has a contract installed before it charges" },
};
