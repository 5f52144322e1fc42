/** What the CSMS's answers about tokens mean, in words, and what would change them. */
import type {
  AuthorizationStatusEnumType,
  AuthorizeCertificateStatusEnumType,
  AuthorizeResponse,
} from "../../ocpp/v201/messages.generated.ts";

export interface Words {
  readonly because: string;
  readonly fix?: string;
}

export const certificateWords: Readonly<Record<AuthorizeCertificateStatusEnumType, Words>> = {
  Accepted: { because: "the CSMS found the contract certificate good" },
  SignatureError: {
    because: "the CSMS found a wrong signature in the contract chain",
    fix: "install a sound contract in the car",
  },
  CertificateExpired: {
    because: "the CSMS found the contract certificate expired",
    fix: "install a new contract in the car (CertificateInstallation)",
  },
  CertificateRevoked: {
    because: "the CSMS found the contract certificate revoked",
    fix: "ask the mobility operator for a new contract",
  },
  NoCertificateAvailable: {
    because: "the CSMS knows no such contract certificate",
    fix: "make the contract known to the CSMS, or check that the certificate hashes belong to it",
  },
  CertChainError: {
    because: "the CSMS cannot lead the contract chain to a root that it trusts",
    fix: "install the contract's MO root at the CSMS",
  },
  ContractCancelled: {
    because: "the CSMS found the contract cancelled",
    fix: "ask the mobility operator for a new contract",
  },
};

export const tokenWords: Readonly<Record<AuthorizationStatusEnumType, Words>> = {
  Accepted: { because: "the CSMS accepts the token" },
  Blocked: { because: "the CSMS has blocked the token", fix: "unblock the token at the CSMS" },
  ConcurrentTx: { because: "the token charges elsewhere already", fix: "end the other transaction" },
  Expired: { because: "the token has expired", fix: "renew the token at the CSMS" },
  Invalid: { because: "the CSMS does not accept the token", fix: "check the token at the CSMS" },
  NoCredit: { because: "the token has no credit left", fix: "add credit" },
  NotAllowedTypeEVSE: { because: "the token may not charge at an EVSE of this kind", fix: "use another EVSE" },
  NotAtThisLocation: { because: "the token may not charge at this place", fix: "use another station" },
  NotAtThisTime: { because: "the token may not charge at this time", fix: "try again later" },
  Unknown: { because: "the CSMS does not know the token", fix: "register the token at the CSMS" },
};

/** The words for an answer: the certificate's when that is what was found wrong. */
export function wordsFor({ idTokenInfo, certificateStatus }: AuthorizeResponse): Words {
  if (certificateStatus && (certificateStatus !== "Accepted" || idTokenInfo.status === "Accepted")) {
    return certificateWords[certificateStatus];
  }
  return tokenWords[idTokenInfo.status];
}
