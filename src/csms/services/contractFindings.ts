/** What a CSMS can find out about a contract, and what it answers then: OCPP 2.0.1, use case C07, as a table. */
import type {
  AuthorizationStatusEnumType,
  AuthorizeCertificateStatusEnumType,
} from "../../ocpp/v201/messages.generated.ts";

/** A contract in one of these states is over (C07.FR.13); in any other, the state alone decides (C07.FR.14). */
export const endedStates: readonly AuthorizationStatusEnumType[] = ["Blocked", "Expired", "Invalid", "Unknown"];

interface Row {
  /** Absent: the contract's own status. */
  readonly status?: AuthorizationStatusEnumType;
  readonly certificateStatus: AuthorizeCertificateStatusEnumType;
  readonly rule: string;
  /** One imperative sentence for whoever wonders. */
  readonly fix?: string;
}

const chainError = { status: "Invalid", certificateStatus: "CertChainError", rule: "C07.FR.17" } as const;

export const contractFindings = {
  valid: { certificateStatus: "Accepted", rule: "C07.FR.14" },
  ended: {
    certificateStatus: "ContractCancelled",
    rule: "C07.FR.13",
    fix: "Set the contract's status to Accepted in the CSMS.",
  },
  unknownContract: {
    status: "Unknown",
    certificateStatus: "ContractCancelled",
    rule: "C07.FR.13",
    fix: "Add the eMAID to the contracts of the CSMS.",
  },
  otherContract: {
    status: "Invalid",
    certificateStatus: "ContractCancelled",
    rule: "C07.FR.13",
    fix: "Install the certificate that belongs to this eMAID, or make the certificate known to the CSMS.",
  },
  expired: {
    status: "Expired",
    certificateStatus: "CertificateExpired",
    rule: "C07.FR.15",
    fix: "Install a new contract certificate in the car.",
  },
  revoked: {
    status: "Invalid",
    certificateStatus: "CertificateRevoked",
    rule: "C07.FR.16",
    fix: "Install a new contract certificate in the car.",
  },
  untrusted: { ...chainError, fix: "Add the root of this chain to the MO or V2G roots of the CSMS." },
  badChain: { ...chainError, fix: "Have the chain issued again by its mobility operator." },
  unreadable: { ...chainError, fix: "Send the contract chain as PEM, leaf first, and hash data as hexadecimal." },
  notIssued: { ...chainError, fix: "Have the responder's issuer list the certificate." },
  responderNotAllowed: { ...chainError, fix: "Add the responder's URL to the allowed responders of the CSMS." },
  statusUnavailable: { ...chainError, fix: "Check that the OCSP responder runs and can be reached from the CSMS." },
} as const satisfies Readonly<Record<string, Row>>;

export type ContractFinding = keyof typeof contractFindings;

/** A finding about one contract. */
export interface Finding {
  readonly finding: ContractFinding;
  /** A sentence without a full stop, naming the certificate or the eMAID. */
  readonly reason: string;
  /** Where more is known than the table has. */
  readonly fix?: string;
}

/** What the CSMS answers and why. */
export interface ContractVerdict extends Finding {
  readonly status: AuthorizationStatusEnumType;
  /** Absent when the station sent neither certificate nor hash data. */
  readonly certificateStatus?: AuthorizeCertificateStatusEnumType;
  readonly rule: string;
}

/** @param contract the contract's own status, for findings that let it decide. */
export function contractVerdict(found: Finding, contract: AuthorizationStatusEnumType): ContractVerdict {
  const { certificateStatus, rule, ...row }: Row = contractFindings[found.finding];
  const fix = found.fix ?? row.fix;
  return {
    ...found,
    status: row.status ?? contract,
    certificateStatus,
    rule,
    ...(fix !== undefined && { fix }),
  };
}
