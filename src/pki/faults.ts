/** Faults that people test with: what each does to one certificate, and the answer it deserves. */
import { anyExtension, nameConstraints } from "../x509/index.ts";
import type { Draft } from "./draft.ts";
import type { MemberId } from "./members.ts";

export interface Fault {
  /** For example `contract:expired`. */
  readonly name: string;
  readonly about: string;
  readonly member: MemberId;
  /** What a right verifier says, in the words of its verdicts; `ok` where the certificate itself is in order. */
  readonly reason: string;
  /** What the peer gets to see. */
  readonly answer: string;
  readonly change?: (draft: Draft) => Draft;
  /** What is not in the certificate: the responder's word, a link left out of the chain, a root not installed. */
  readonly mark?: "revoked" | "unknown" | "missing" | "unknownRoot";
}

const dayMs = 24 * 3600_000;

type Change = NonNullable<Fault["change"]>;

const set =
  (change: Partial<Draft>): Change =>
  (draft) => ({ ...draft, ...change });
const shifted =
  (days: number): Change =>
  (draft) => ({ ...draft, notBefore: draft.notBefore + days * dayMs, notAfter: draft.notAfter + days * dayMs });
const expired: Change = (draft) => ({
  ...draft,
  notBefore: draft.notBefore - 800 * dayMs,
  notAfter: draft.notBefore - dayMs,
});
const badSignature = set({ odd: { signature: (s) => s.with(-1, (s.at(-1) ?? 0) ^ 0x01) } });
/** RFC 5280, 4.2.1.3: at least one bit is set. */
const without =
  (usage: string): Change =>
  (draft) => {
    const left = draft.keyUsage.filter((name) => name !== usage);
    return { ...draft, keyUsage: left.length > 0 ? left : ["keyEncipherment"] };
  };
const named =
  (subject: Draft["subject"]): Change =>
  (draft) => ({ ...draft, subject: { ...draft.subject, ...subject } });
const secondCn: Change = (draft) => named({ CN: [draft.subject.CN ?? "", "DEABCC9Z9Z9Z9Z9"].flat() })(draft);
const withoutDc: Change = ({ subject: { DC: _, ...subject }, ...draft }) => ({ ...draft, subject });
const withoutOcspUrl: Change = ({ ocspUrl: _, ...draft }) => draft;
const notCa: Change = ({ ca: _, ...draft }) => ({ ...draft, keyUsage: ["digitalSignature"] });
const bcNotCritical: Change = (draft) => ({ ...draft, ca: { ...draft.ca, critical: false } });
const critical = set({ extra: [anyExtension("1.3.6.1.4.1.99999.2", true, new Uint8Array([0x05, 0x00]))] });
const tooLarge = set({ extra: [anyExtension("1.3.6.1.4.1.99999.3", false, new Uint8Array(1700))] });
const onlyFrance = set({ extra: [nameConstraints({ permitted: [{ directory: { C: "FR" } }] })] });

const withDc = (DC: string) => named({ DC });

type Row = Omit<Fault, "member" | "answer"> & { readonly answer?: string };

/** A fault in the certificate: the reason a verifier gives, and how the certificate gets it. */
function wrong(name: string, about: string, reason: string, change: Change, answer?: string): Row {
  return { name, about, reason, change, ...(answer !== undefined && { answer }) };
}

/** A fault around a certificate that is in order itself. */
function around(name: string, about: string, answer: string, how: Change | Fault["mark"]): Row {
  return { name, about, reason: "ok", answer, ...(typeof how === "function" ? { change: how } : how && { mark: how }) };
}

function group(prefix: string, member: MemberId, answer: string, rows: readonly Row[]): Fault[] {
  return rows.map((row) => ({ answer, ...row, name: `${prefix}:${row.name}`, member }));
}

const leafRows = (who: string): readonly Row[] => [
  wrong("not-yet-valid", `${who} begins in a month`, "not_yet_valid", shifted(30)),
  {
    name: "unknown-root",
    about: `the root above ${who} is not installed`,
    reason: "unknown_issuer",
    mark: "unknownRoot",
  },
  wrong("bad-signature", `the signature on ${who} is wrong`, "signature", badSignature),
  wrong(
    "impostor",
    `${who} is signed by a CA of the right name with another key`,
    "signature",
    set({ impostor: true }),
  ),
  wrong("wrong-curve", `${who} has a P-384 key`, "wrong_curve", set({ kind: "P-384" })),
  wrong("key-usage", `${who} must not sign`, "key_usage", without("digitalSignature")),
  wrong("is-ca", `${who} is a CA`, "leaf_is_ca", set({ ca: {} })),
  wrong("critical-extension", `${who} has a critical extension nobody knows`, "critical_extension", critical),
  wrong("too-large", `${who} is larger than the messages allow`, "too_large", tooLarge),
];

const subRows: readonly Row[] = [
  wrong("pathlen", "sub-CA 1 allows no CA below, yet there is one", "pathlen", set({ ca: { pathLength: 0 } })),
  { name: "missing", about: "sub-CA 1 is not sent", reason: "incomplete_chain", mark: "missing" },
  wrong("not-ca", "sub-CA 1 is not a CA", "not_a_ca", notCa),
  wrong("key-usage", "sub-CA 1 must not sign certificates", "key_usage", without("keyCertSign")),
  wrong("bad-signature", "the signature on sub-CA 1 is wrong", "signature", badSignature),
  wrong("bc-not-critical", "basicConstraints of sub-CA 1 is not critical", "bc_not_critical", bcNotCritical),
  wrong("name-constraints", "sub-CA 1 may only issue for C=FR", "name_constraints", onlyFrance),
];

const paymentDetails = "PaymentDetailsRes FAILED_CertChainError";
const contractExpired = "PaymentDetailsRes FAILED_CertificateExpired";
const notAllowed = "PaymentDetailsRes FAILED_CertificateNotAllowedAtThisEVSE";
/** Reasons for which PaymentDetailsRes has a code of its own. */
const paymentAnswers: Readonly<Record<string, string>> = {
  not_yet_valid: contractExpired,
  unknown_issuer: notAllowed,
  incomplete_chain: notAllowed,
};
const answered = (row: Row): Row => ({ answer: paymentAnswers[row.reason] ?? paymentDetails, ...row });
const revokedAnswer = "Authorize.conf CertificateRevoked, AuthorizationRes FAILED_CertificateRevoked";

const contractRows: readonly Row[] = [
  wrong("expired", "the contract has ended", "expired", expired, contractExpired),
  around("revoked", "the responder calls the contract revoked", revokedAnswer, "revoked"),
  around("ocsp-unknown", "the responder does not know the contract", "AuthorizationRes FAILED", "unknown"),
  around("no-ocsp-url", "the contract names no responder", "Authorize.req with the chain, if allowed", withoutOcspUrl),
  around(
    "wrong-key",
    "the key beside it is another",
    "AuthorizationRes FAILED_SignatureError",
    set({ wrongKey: true }),
  ),
  wrong("wrong-dc", "DC=OEM instead of MO", "wrong_role", withDc("OEM")),
  wrong("no-emaid", "CN is not an eMAID", "emaid_format", named({ CN: "DRIVER" })),
  wrong("two-cn", "two CNs: which one pays?", "emaid_ambiguous", secondCn),
  ...leafRows("the contract"),
];

const seccRows: readonly Row[] = [
  wrong("expired", "the station's certificate has ended", "expired", expired),
  around("revoked", "the responder calls it revoked", "the car refuses the stapled answer", "revoked"),
  around(
    "wrong-key",
    "the key beside it is another",
    "the station serves no TLS and says why",
    set({ wrongKey: true }),
  ),
  wrong("wrong-dc", "DC=CPS instead of CPO", "wrong_dc", withDc("CPS")),
  wrong("no-dc", "no domain component", "wrong_dc", withoutDc),
  ...leafRows("the station's certificate"),
];

const oemRows: readonly Row[] = [
  wrong(
    "expired",
    "the provisioning certificate has ended",
    "expired",
    expired,
    "CertificateInstallationRes FAILED_CertificateExpired",
  ),
  wrong("wrong-dc", "DC=MO instead of OEM", "wrong_dc", withDc("MO")),
  around(
    "wrong-key",
    "the key beside the provisioning certificate is another",
    "CertificateInstallationRes FAILED_SignatureError",
    set({ wrongKey: true }),
  ),
  ...leafRows("the provisioning certificate"),
];

const cpsRows: readonly Row[] = [
  wrong("expired", "the provisioning service's certificate has ended", "expired", expired),
  wrong("wrong-dc", "DC=CPO instead of CPS", "wrong_dc", withDc("CPO")),
  around(
    "wrong-key",
    "the key beside it is another",
    "the car refuses the signature on the contract",
    set({ wrongKey: true }),
  ),
  // Its root is the charger's too, so a car without it comes no further than TLS: see secc:unknown-root.
  ...leafRows("the provisioning service's certificate").filter(({ mark }) => mark !== "unknownRoot"),
];

const otherHost: Change = (draft) => named({ CN: "other.example" })({ ...draft, dns: ["other.example"] });

/** Every fault that can be asked for, by name. */
export const faults: readonly Fault[] = [
  ...group("contract", "contract", paymentDetails, contractRows.map(answered)),
  ...group(
    "mo",
    "moSub1",
    paymentDetails,
    [wrong("expired", "sub-CA 1 has ended", "expired", expired, contractExpired), ...subRows].map(answered),
  ),
  ...group("secc", "secc", "the car ends the TLS handshake", seccRows),
  ...group("cpo", "cpoSub1", "the car ends the TLS handshake", [
    wrong("expired", "sub-CA 1 has ended", "expired", expired),
    ...subRows,
  ]),
  ...group("oem", "oem", "CertificateInstallationRes FAILED_CertChainError", oemRows),
  ...group("cps", "cps", "the car refuses the installation", cpsRows),
  ...group("csms", "csmsServer", "no connection; security event InvalidCsmsCertificate", [
    wrong("expired", "the CSMS's certificate has ended", "expired", expired),
    wrong("wrong-name", "the CSMS's certificate is for another host", "name_mismatch", otherHost),
    wrong("client-purpose", "the CSMS's certificate is for clients", "eku", set({ extendedKeyUsage: ["clientAuth"] })),
  ]),
];

export function findFault(name: string): Fault | undefined {
  return faults.find((fault) => fault.name === name);
}
