/** Path building and validation (RFC 5280, 6; RFC 4158), with a bound on the work a hostile chain can cause. */
import { type Certificate, describeCertificate } from "./certificate.ts";
import { canonicalRdns, type DistinguishedName, sameName } from "./name.ts";
import { comparisons, violatesNameConstraints } from "./nameConstraints.ts";
import { pathFix } from "./pathFixes.ts";
import {
  algorithmFault,
  authorityFault,
  certificateFault,
  isBare,
  type PathReason,
  pathLengthFault,
  timeFault,
} from "./pathRules.ts";
import { policyFault } from "./policies.ts";
import { verifySignature } from "./signatures.ts";

export interface PathQuestion {
  readonly leaf: Certificate;
  /** In any order; what does not fit is passed over. */
  readonly intermediates: readonly Certificate[];
  /** Self-signed ones end a path; others help to build one, and end it only with `partialChains`. */
  readonly anchors: readonly Certificate[];
  /** The moment of judgement, milliseconds since 1970; `any` to look at everything but the time. */
  readonly time: number | "any";
  /** How many certificates may lie between leaf and root, self-issued ones not counted; 8 when absent. */
  readonly maxIntermediates?: number;
  /** Takes a leaf and a root without any extension, of whatever version, as OpenSSL does. Never a sub-CA. */
  readonly bareAllowed?: boolean;
  /** Lets a path end at an anchor that is not self-signed. */
  readonly partialChains?: boolean;
}

export type PathVerdict =
  /** `path` goes from the leaf to the root. */
  { readonly ok: true; readonly path: readonly Certificate[] } | PathFailure;

export interface PathFailure {
  readonly ok: false;
  readonly reason: PathReason;
  /** The one to blame. */
  readonly certificate: Certificate;
  /** One imperative sentence. */
  readonly fix: string;
}

/** A signature check costs by its curve, in units of one with P-256 (about 0.1 ms); this bounds a verdict to some 50 ms. */
const WORK = 400;
const signatureCost: Readonly<Record<string, number>> = { "P-384": 10, "P-521": 20, Ed448: 5 };
const COMPARISONS_PER_UNIT = 500;
/** Self-issued certificates count here. */
const MAX_PATH = 16;

/** Looks for a path from `leaf` to an anchor on which every rule holds. Never throws; never takes long. */
export function validatePath(question: PathQuestion): PathVerdict {
  const search = new PathSearch(question);
  const fault = leafFault(question);
  const path = fault ? search.refuse(fault, question.leaf, 0) : search.extend([question.leaf]);
  return path ? { ok: true, path } : search.failure();
}

function leafFault({ leaf, time, bareAllowed }: PathQuestion): PathReason | undefined {
  return timeFault(leaf, time) ?? certificateFault(leaf, bareAllowed) ?? algorithmFault(leaf);
}

/** Whether a certificate may end paths: signed by itself, a CA, valid at `time`. The question's other members do not count. */
export function validateRoot(
  root: Certificate,
  { time, bareAllowed }: Pick<PathQuestion, "time" | "bareAllowed">,
): { readonly ok: true } | PathFailure {
  const reason = root.isSelfIssued
    ? (timeFault(root, time) ?? rootFault(root, bareAllowed) ?? ownSignatureFault(root))
    : "no_root";
  if (!reason) return { ok: true };
  return { ok: false, reason, certificate: root, fix: pathFix(reason, describeCertificate(root), root) };
}

/** Whether `issuer` signed `certificate` and has the name it gives. Says nothing of validity. */
export function isIssuedBy(certificate: Certificate, issuer: Certificate): boolean {
  if (!sameName(certificate.issuer, issuer.subject)) return false;
  return verifySignature(certificate.signatureAlgorithm, issuer.publicKey, certificate.tbs, certificate.signature);
}

/** A root's signature algorithm does not matter: its signature proves nothing, but it must not be wrong. */
function ownSignatureFault({ signatureAlgorithm, publicKey, tbs, signature }: Certificate): PathReason | undefined {
  return verifySignature(signatureAlgorithm, publicKey, tbs, signature) ? undefined : "signature";
}

function rootFault(root: Certificate, bareAllowed = false): PathReason | undefined {
  const bare = bareAllowed && isBare(root);
  return (bare ? undefined : authorityFault(root)) ?? certificateFault(root, bare);
}

class PathSearch {
  readonly #question: PathQuestion;
  readonly #bySubject = new Map<string, Certificate[]>();
  readonly #roots: ReadonlySet<string>;
  readonly #trusted: ReadonlySet<string>;
  readonly #signatures = new Map<string, boolean>();
  #work = WORK;
  #worst: { reason: PathReason; certificate: Certificate; depth: number } | undefined;

  constructor(question: PathQuestion) {
    this.#question = question;
    this.#trusted = new Set(question.anchors.map(({ fingerprint }) => fingerprint));
    const ends = question.anchors.filter((anchor) => question.partialChains || anchor.isSelfIssued);
    this.#roots = new Set(ends.map(({ fingerprint }) => fingerprint));
    const all = [...question.anchors, ...question.intermediates];
    for (const certificate of new Map(all.map((c) => [c.fingerprint, c])).values()) {
      const key = nameKey(certificate.subject);
      this.#bySubject.set(key, [...(this.#bySubject.get(key) ?? []), certificate]);
    }
  }

  /** @param path leaf first. @returns a whole path, or undefined with the reasons noted. */
  extend(path: readonly Certificate[]): readonly Certificate[] | undefined {
    const child = path.at(-1);
    if (!child) return undefined;
    if (this.#roots.has(child.fingerprint)) return this.#complete(path);
    if (this.#isTooLong(path)) return this.refuse("too_long", child, path.length);
    const issuers = this.#issuersOf(child);
    if (issuers.length === 0) return this.refuse(this.#deadEnd(child, path), child, path.length);
    for (const issuer of issuers) {
      const found = this.#step(path, issuer);
      if (found) return found;
      if (this.#work < 0) return this.refuse("too_much_work", child, Number.POSITIVE_INFINITY);
    }
    return undefined;
  }

  /** What can only be asked of a whole path. */
  #complete(path: readonly Certificate[]): readonly Certificate[] | undefined {
    const guilty = policyFault(path);
    return guilty ? this.refuse("policy", guilty, path.length) : path;
  }

  #isTooLong(path: readonly Certificate[]): boolean {
    const counted = path.slice(1).filter(({ isSelfIssued }) => !isSelfIssued).length;
    return counted > (this.#question.maxIntermediates ?? 8) || path.length > MAX_PATH;
  }

  #step(path: readonly Certificate[], issuer: Certificate): readonly Certificate[] | undefined {
    this.#work -= 0.1;
    const [fault, guilty] = this.#fault(path, issuer);
    if (fault) return this.refuse(fault, guilty, path.length);
    return this.extend([...path, issuer]);
  }

  /** Cheap questions first, the signature last; first only where the key identifiers say that it is a namesake's. */
  #fault(path: readonly Certificate[], issuer: Certificate): [PathReason | undefined, Certificate] {
    const child = path.at(-1) ?? issuer;
    if (keyIdsDiffer(child, issuer) && !this.#isSignedBy(child, issuer)) return [this.#deadEnd(child, path), child];
    if (path.some((below) => isSameAuthority(below, issuer))) return ["loop", issuer];
    const fault =
      timeFault(issuer, this.#question.time) ??
      (this.#roots.has(issuer.fingerprint) ? rootFault(issuer, this.#question.bareAllowed) : subCaFault(issuer)) ??
      pathLengthFault(issuer, path);
    if (fault) return [fault, issuer];
    const misnamed = this.#misnamed(path, issuer);
    if (misnamed) return ["name_constraints", misnamed];
    return [this.#isSignedBy(child, issuer) ? undefined : "signature", child];
  }

  /** The first certificate below `issuer` whose names it may not give; self-issued intermediates may have any. */
  #misnamed(path: readonly Certificate[], issuer: Certificate): Certificate | undefined {
    const { nameConstraints } = issuer;
    if (!nameConstraints) return undefined;
    const concerned = path.filter((below, i) => i === 0 || !below.isSelfIssued);
    this.#work -= concerned.reduce((sum, c) => sum + comparisons(nameConstraints, c), 0) / COMPARISONS_PER_UNIT;
    if (this.#work < 0) return concerned[0];
    return concerned.find((below) => violatesNameConstraints(nameConstraints, below));
  }

  #isSignedBy(child: Certificate, issuer: Certificate): boolean {
    const key = `${child.fingerprint} ${issuer.fingerprint}`;
    const known = this.#signatures.get(key);
    if (known !== undefined) return known;
    this.#work -= signatureCost[issuer.keyKind] ?? 1;
    const valid = verifySignature(child.signatureAlgorithm, issuer.publicKey, child.tbs, child.signature);
    this.#signatures.set(key, valid);
    return valid;
  }

  /** Roots first, then those whose key identifier fits: a hint for the order, nothing more. */
  #issuersOf(child: Certificate): Certificate[] {
    const rank = (issuer: Certificate) =>
      (this.#roots.has(issuer.fingerprint) ? 0 : 2) + (issuer.subjectKeyId === child.authorityKeyId ? 0 : 1);
    const candidates = this.#bySubject.get(nameKey(child.issuer)) ?? [];
    return candidates.filter(({ fingerprint }) => fingerprint !== child.fingerprint).sort((a, b) => rank(a) - rank(b));
  }

  #deadEnd(child: Certificate, path: readonly Certificate[]): PathReason {
    if (this.#question.anchors.length === 0) return "no_trust_anchor";
    if (this.#trusted.has(child.fingerprint)) return "no_root";
    if (child.isSelfIssued) return path.length === 1 ? "self_signed" : "unknown_issuer";
    return path.length === 1 ? "unknown_issuer" : "incomplete_chain";
  }

  /** Notes why a try ended. The try that came farthest explains best; a bad signature is often only another's name. */
  refuse(reason: PathReason, certificate: Certificate, depth: number): undefined {
    const worst = this.#worst;
    if (!worst || depth > worst.depth || (depth === worst.depth && isVague(worst.reason) && !isVague(reason))) {
      this.#worst = { reason, certificate, depth };
    }
  }

  failure(): PathFailure {
    const { reason, certificate } = this.#worst ?? { reason: "unknown_issuer", certificate: this.#question.leaf };
    return { ok: false, reason, certificate, fix: pathFix(reason, describeCertificate(certificate), certificate) };
  }
}

function subCaFault(issuer: Certificate): PathReason | undefined {
  return authorityFault(issuer) ?? certificateFault(issuer) ?? algorithmFault(issuer);
}

function keyIdsDiffer({ authorityKeyId }: Certificate, { subjectKeyId }: Certificate): boolean {
  return authorityKeyId !== undefined && subjectKeyId !== undefined && authorityKeyId !== subjectKeyId;
}

function isVague(reason: PathReason): boolean {
  return reason === "signature" || reason === "loop";
}

/** Maps are faster than comparing every pair; names that RFC 5280 calls equal have one key. */
function nameKey(name: DistinguishedName): string {
  return canonicalRdns(name).join();
}

/** One name and one key twice in a path is a loop, whatever the certificates around them (RFC 4158, 2.4.1). */
function isSameAuthority(a: Certificate, b: Certificate): boolean {
  return Buffer.compare(a.spki, b.spki) === 0 && nameKey(a.subject) === nameKey(b.subject);
}
