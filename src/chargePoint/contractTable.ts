/**
 * May this contract certificate charge here? What OCPP 2.0.1 (use case C07, requirements C07.FR.01 to FR.12) and the Plug &
 * Charge extension of OCPP 1.6 have in common: the rows that the code walks and the documentation prints. Exactly one fits any
 * facts. Where both are silent, EVerest's behaviour.
 */
import { CertificateValidationResult } from "../interfaces/types/evse_security.ts";
import type {
  AuthorizationStatusEnumType,
  AuthorizeCertificateStatusEnumType,
} from "../ocpp/v201/messages.generated.ts";
import type { DecisionTable, Row } from "./decisionTable.ts";

export interface ContractFacts {
  /** Online: connected, and the CSMS has accepted the BootNotification. */
  readonly connection: "online" | "offline";
  /** Whether iso15118CertificateHashData came with the token. */
  readonly hashData: "given" | "absent";
  /** Whether the contract chain came with the token. */
  readonly certificate: "given" | "absent";
  readonly ContractValidationOffline: boolean;
  /** Outcome of `evse_security.verify_certificate(chain, [MO, V2G])`. */
  readonly verified: CertificateValidationResult;
  readonly LocalAuthorizeOffline: boolean;
  /** Whether hashes could be made from the chain: its signatures lead to an installed root and it names an OCSP responder. */
  readonly hashesFromChain: "made" | "none";
  readonly CentralContractValidationAllowed: boolean;
}

/** What to do: ask the CSMS with hashes or with the chain, answer at once, or look in the local list and the cache. */
export type ContractVerdict =
  | { readonly do: "askCsms"; readonly send: "hashData" | "certificate" }
  | { readonly do: "lookUp" }
  | {
      readonly do: "answer";
      readonly status: AuthorizationStatusEnumType;
      readonly certificateStatus?: AuthorizeCertificateStatusEnumType;
    };

const flags = [true, false] as const;
const online = { connection: ["online"], hashData: ["absent"], certificate: ["given"] } as const;
const offline = { connection: ["offline"], certificate: ["given"], ContractValidationOffline: [true] } as const;
const rootKnown = CertificateValidationResult.options.filter((verdict) => verdict !== "IssuerNotFound");
const noHashes = { verified: rootKnown, hashesFromChain: ["none"] } as const;
const passChain = "Let the ISO 15118 module pass the contract chain on in ProvidedIdToken.certificate.";

export const contractFacts: DecisionTable<ContractFacts, ContractVerdict>["facts"] = {
  connection: ["online", "offline"],
  hashData: ["given", "absent"],
  certificate: ["given", "absent"],
  ContractValidationOffline: flags,
  verified: CertificateValidationResult.options,
  LocalAuthorizeOffline: flags,
  hashesFromChain: ["made", "none"],
  CentralContractValidationAllowed: flags,
};

/** What a version calls the settings, for the words of a fix. */
export interface ContractKeys {
  readonly CentralContractValidationAllowed: string;
  readonly ContractValidationOffline: string;
  readonly LocalAuthorizeOffline: string;
}

export function contractRows(keys: ContractKeys): readonly Row<ContractFacts, ContractVerdict>[] {
  const allowCentral = `set ${keys.CentralContractValidationAllowed} to true`;
  return [
    {
      id: "online-hash-data",
      when: { connection: ["online"], hashData: ["given"] },
      verdict: { do: "askCsms", send: "hashData" },
      because: "online, and the token brings the certificate hashes: the CSMS decides with them",
    },
    {
      id: "online-no-certificate",
      when: { connection: ["online"], hashData: ["absent"], certificate: ["absent"] },
      verdict: { do: "answer", status: "Invalid" },
      because: "the token brings neither certificate hashes nor a contract chain",
      fix: passChain,
    },
    {
      id: "online-no-root-central",
      when: { ...online, verified: ["IssuerNotFound"], CentralContractValidationAllowed: [true] },
      verdict: { do: "askCsms", send: "certificate" },
      because: "online without the contract's MO root, and central validation is allowed: the CSMS checks the chain",
    },
    {
      id: "online-no-root",
      when: { ...online, verified: ["IssuerNotFound"], CentralContractValidationAllowed: [false] },
      verdict: { do: "answer", status: "Invalid" },
      because: "MO root missing: the contract chain leads to no installed root, and central validation is not allowed",
      fix: `Install the contract's MO root, or ${allowCentral}.`,
    },
    {
      id: "online-hashes-made",
      when: { ...online, verified: rootKnown, hashesFromChain: ["made"] },
      verdict: { do: "askCsms", send: "hashData" },
      because: "online: the CSMS decides with the certificate hashes made from the chain",
    },
    {
      id: "online-no-hashes-central",
      when: { ...online, ...noHashes, CentralContractValidationAllowed: [true] },
      verdict: { do: "askCsms", send: "certificate" },
      because:
        "online, no hashes can be made from the chain, and central validation is allowed: the CSMS checks the chain",
    },
    {
      id: "online-no-hashes",
      when: { ...online, ...noHashes, CentralContractValidationAllowed: [false] },
      verdict: { do: "answer", status: "Invalid" },
      because:
        "no hashes can be made from the chain (it does not hold, or names no OCSP responder), and central validation is not allowed",
      fix: `Use a sound contract whose certificates name an OCSP responder, or ${allowCentral}.`,
    },
    {
      id: "offline-no-certificate",
      when: { connection: ["offline"], certificate: ["absent"] },
      verdict: { do: "answer", status: "Invalid" },
      because: "offline, and the token brings no contract chain to check",
      fix: passChain,
    },
    {
      id: "offline-not-allowed",
      when: { ...offline, ContractValidationOffline: [false] },
      verdict: { do: "answer", status: "NotAtThisTime" },
      because: "offline, and contracts may not be checked offline",
      fix: `Restore the connection to the CSMS, or set ${keys.ContractValidationOffline} to true.`,
    },
    {
      id: "offline-valid",
      when: { ...offline, verified: ["Valid"], LocalAuthorizeOffline: [true] },
      verdict: { do: "lookUp" },
      because: "offline, the contract chain is valid: local list and cache decide",
    },
    {
      id: "offline-valid-no-lookup",
      when: { ...offline, verified: ["Valid"], LocalAuthorizeOffline: [false] },
      verdict: { do: "answer", status: "Unknown", certificateStatus: "Accepted" },
      because: "offline, the contract chain is valid, but local list and cache may not be used",
      fix: `Restore the connection to the CSMS, or set ${keys.LocalAuthorizeOffline} to true.`,
    },
    {
      id: "offline-expired",
      when: { ...offline, verified: ["Expired"] },
      verdict: { do: "answer", status: "Expired", certificateStatus: "CertificateExpired" },
      because: "offline, and a certificate of the contract chain has expired",
      fix: "Install a new contract in the car (CertificateInstallation), and check the station's clock.",
    },
    {
      id: "offline-no-root",
      when: { ...offline, verified: ["IssuerNotFound"] },
      verdict: { do: "answer", status: "Unknown" },
      because: "offline, and the contract chain leads to no installed MO or V2G root",
      fix: "Install the contract's MO root, or restore the connection to the CSMS.",
    },
    {
      id: "offline-bad-chain",
      when: { ...offline, verified: ["InvalidSignature", "InvalidLeafSignature", "InvalidChain", "Unknown"] },
      verdict: { do: "answer", status: "Unknown" },
      because: "offline, and the contract chain does not hold: a signature or the chain's order is wrong",
      fix: "Install a sound contract in the car.",
    },
  ];
}
