/** What the CSMS's answers about tokens mean, in words, and what would change them. */
import type {
  AuthorizationStatusEnumType,
  AuthorizeCertificateStatusEnumType,
  AuthorizeResponse,
} from "../ocpp/v201/messages.generated.ts";

export interface Words {
  readonly because: string;
  readonly fix?: string;
}

export const certificateWords: Readonly<Record<AuthorizeCertificateStatusEnumType, Words>> = {
  Accepted: { because: "the CSMS found the contract certificate good" },
  SignatureError: {
    because: "the CSMS found a wrong signature in the contract chain",
    fix: "Install a sound contract in the car.",
  },
  CertificateExpired: {
    because: "the CSMS found the contract certificate expired",
    fix: "Install a new contract in the car (CertificateInstallation).",
  },
  CertificateRevoked: {
    because: "the CSMS found the contract certificate revoked",
    fix: "Ask the mobility operator for a new contract.",
  },
  NoCertificateAvailable: {
    because: "the CSMS knows no such contract certificate",
    fix: "Make the contract known to the CSMS, or check that the certificate hashes belong to it.",
  },
  CertChainError: {
    because: "the CSMS cannot lead the contract chain to a root that it trusts",
    fix: "Install the contract's MO root at the CSMS.",
  },
  ContractCancelled: {
    because: "the CSMS found the contract cancelled",
    fix: "Ask the mobility operator for a new contract.",
  },
};

export const tokenWords: Readonly<Record<AuthorizationStatusEnumType, Words>> = {
  Accepted: { because: "the CSMS accepts the token" },
  Blocked: { because: "the CSMS has blocked the token", fix: "Unblock the token at the CSMS." },
  ConcurrentTx: { because: "the token charges elsewhere already", fix: "End the other transaction." },
  Expired: { because: "the token has expired", fix: "Renew the token at the CSMS." },
  Invalid: { because: "the CSMS does not accept the token", fix: "Check the token at the CSMS." },
  NoCredit: { because: "the token has no credit left", fix: "Add credit." },
  NotAllowedTypeEVSE: { because: "the token may not charge at an EVSE of this kind", fix: "Use another EVSE." },
  NotAtThisLocation: { because: "the token may not charge at this place", fix: "Use another station." },
  NotAtThisTime: { because: "the token may not charge at this time", fix: "Try again later." },
  Unknown: { because: "the CSMS does not know the token", fix: "Register the token at the CSMS." },
};

/** The words for an answer: the certificate's when that is what was found wrong. */
export function wordsFor({ idTokenInfo, certificateStatus }: AuthorizeResponse): Words {
  if (certificateStatus && (certificateStatus !== "Accepted" || idTokenInfo.status === "Accepted")) {
    return certificateWords[certificateStatus];
  }
  return tokenWords[idTokenInfo.status];
}
