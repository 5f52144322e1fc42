/** Judges a chain for a role: reading, path, profile. The one place where a certificate is accepted or refused. */
import { type Certificate, CertificateMemory, describeCertificate, validatePath } from "../x509/index.ts";
import { maxSize } from "./profiles/common.ts";
import { type Context, type Edition, profiles, type Reason, type Role, type Scene } from "./profiles/index.ts";

export interface Question {
  readonly role: Role;
  /** By the leaf's key when absent: P-521 and Ed448 are of ISO 15118-20. */
  readonly edition?: Edition;
  readonly leaf: Certificate;
  /** What was sent beside the leaf, in any order. */
  readonly chain: readonly Certificate[];
  readonly anchors: readonly Certificate[];
  /** Milliseconds since 1970; `any` to look at everything but the time. */
  readonly time: number | "any";
  readonly context?: Context;
  readonly maxIntermediates?: number;
  /** As in {@link PathQuestion}: takes a leaf and a root without any extension. */
  readonly bareAllowed?: boolean;
}

export type Verdict =
  /** `path` goes from the leaf to the root. */
  { readonly ok: true; readonly path: readonly Certificate[] } | Refusal;

export interface Refusal {
  readonly ok: false;
  readonly reason: Reason;
  /** The certificate to blame, for people. */
  readonly certificate: string;
  /** Whether it is the leaf. */
  readonly isLeaf: boolean;
  /** Where the rule is written. */
  readonly clause: string;
  /** One imperative sentence. */
  readonly fix: string;
}

/** The schemas' maxOccurs of SubCertificates. */
const maxSent = { "iso15118-2": 4, "iso15118-20": 3 } as const;
/** Nobody's chain is longer; more is meant to keep us busy. Who asks for a path alone may have a whole collection. */
const MAX_CHAIN = 16;
const MAX_COLLECTION = 100;

const isoRoles: ReadonlySet<Role> = new Set(["contract", "secc", "cps", "oem", "vehicle"]);

/** Never throws; never takes long, whatever the chain. */
export function judge(question: Question): Verdict {
  const edition = question.edition ?? editionOf(question);
  const tooMany = sentTooMuch(question, edition);
  if (tooMany) return tooMany;
  const path = validatePath({ ...question, intermediates: question.chain, partialChains: question.role === "any" });
  if (!path.ok) {
    const { reason, certificate, fix } = path;
    return refusal(reason, certificate, question, "RFC 5280, 6", fix);
  }
  return judgeProfile(question, path.path, edition) ?? { ok: true, path: path.path };
}

function editionOf({ leaf, role }: Question): Edition {
  if (!isoRoles.has(role)) return "ocpp";
  return leaf.keyKind === "P-521" || leaf.keyKind === "Ed448" ? "iso15118-20" : "iso15118-2";
}

/** What the schema would not have let through is refused before any work is done for it. */
function sentTooMuch(question: Question, edition: Edition): Refusal | undefined {
  const { leaf, chain, role } = question;
  const clause = "certificateType and SubCertificates of the schema";
  const most = edition === "ocpp" || !isoRoles.has(role) ? mostRead(role) : maxSent[edition];
  if (chain.length > most) return refusal("too_long", leaf, question, clause, tooLongFix(most));
  if (!isoRoles.has(role)) return undefined;
  const large = [leaf, ...chain].find(({ der }) => der.length > maxSize[edition]);
  const fix = `Send certificates of at most ${maxSize[edition]} octets.`;
  return large && refusal("too_large", large, question, clause, fix);
}

function mostRead(role: Role): number {
  return role === "any" ? MAX_COLLECTION : MAX_CHAIN;
}

const tooLongFix = (most: number) => `Send at most ${most} certificates beside the leaf.`;

function judgeProfile(question: Question, path: readonly Certificate[], edition: Edition): Refusal | undefined {
  const { leaf, context = {}, role } = question;
  const scene: Scene = { leaf, intermediates: path.slice(1, -1), root: path.at(-1) ?? leaf, edition, context };
  for (const { broken, reason, clause, fix } of profiles[role]) {
    if (question.bareAllowed && reason === "key_usage" && leaf.extensions.size === 0) continue;
    const certificate = broken(scene);
    if (!certificate) continue;
    return refusal(reason, certificate, question, clause, fix(describeCertificate(certificate), certificate, scene));
  }
  return undefined;
}

function refusal(reason: Reason, certificate: Certificate, { leaf }: Question, clause: string, fix: string): Refusal {
  const isLeaf = certificate.fingerprint === leaf.fingerprint;
  return { ok: false, reason, certificate: describeCertificate(certificate), isLeaf, clause, fix };
}

/** As {@link Question}, with octets (DER) that may be anything. Trust that cannot be read is passed over. */
export interface RawQuestion extends Omit<Question, "leaf" | "chain" | "anchors"> {
  readonly leaf: Uint8Array;
  readonly chain: readonly Uint8Array[];
  readonly anchors: readonly Uint8Array[];
}

/** @param memory of those who ask often. */
export function judgeRaw(question: RawQuestion, memory: CertificateMemory = new CertificateMemory()): Verdict {
  const leaf = memory.read(question.leaf);
  if (typeof leaf === "string") return malformed("the leaf", leaf, true);
  const most = mostRead(question.role);
  if (question.chain.length > most) {
    const empty = { ...question, leaf, chain: [], anchors: [] };
    return refusal("too_long", leaf, empty, "no chain is longer", tooLongFix(most));
  }
  const chain: Certificate[] = [];
  for (const [i, der] of question.chain.entries()) {
    const certificate = memory.read(der);
    if (typeof certificate === "string") return malformed(`certificate ${i + 1} of the chain`, certificate, false);
    chain.push(certificate);
  }
  const anchors = question.anchors.map((der) => memory.read(der)).filter((anchor) => typeof anchor !== "string");
  return judge({ ...question, leaf, chain, anchors });
}

/** What cannot be read. @param which for people, for example `the leaf`. */
export function malformed(which: string, message: string, isLeaf: boolean): Refusal {
  const fix = `Replace ${which}: ${message}.`;
  return { ok: false, reason: "malformed", certificate: which, isLeaf, clause: "RFC 5280, 4.1; X.690", fix };
}
