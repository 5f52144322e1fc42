/** Path building and validation (RFC 5280, 6; RFC 4158), with a bound on the work a hostile chain can cause. */
import { type Certificate, describeCertificate } from "./certificate.ts";
import { IssuerIndex } from "./issuerIndex.ts";
import { sameName } from "./name.ts";
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

/** A signature check costs by its key, in units of one with P-256 (about 0.1 ms); this bounds a verdict to some 50 ms. */
const WORK = 400;
const signatureCosts: Readonly<Record<string, number>> = { "P-256": 1, "P-384": 10, Ed25519: 2, Ed448: 5 };
/** P-521, and curves that nobody has made fast. */
const SLOW = 25;
const STEPS_PER_UNIT = 10;
const COMPARISONS_PER_UNIT = 500;
/** Self-issued certificates count here. */
const MAX_PATH = 16;

/** Looks for a path from `leaf` to an anchor on which every rule holds. Never throws; never takes long. */
export function validatePath(question: PathQuestion): PathVerdict {
  const search = new PathSearch(question);
  const fault = leafFault(question) ?? (question.anchors.length === 0 ? "no_trust_anchor" : undefined);
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
  readonly #index: IssuerIndex;
  readonly #signatures = new Map<string, boolean>();
  #work = WORK;
  #worst: { reason: PathReason; certificate: Certificate; depth: number } | undefined;

  constructor(question: PathQuestion) {
    this.#question = question;
    this.#index = new IssuerIndex(question);
  }

  /** @param path leaf first. @returns a whole path, or undefined with the reasons noted. */
  extend(path: readonly Certificate[]): readonly Certificate[] | undefined {
    const child = path.at(-1);
    if (!child) return undefined;
    if (this.#index.isRoot(child)) return this.#complete(path);
    if (this.#isTooLong(path)) return this.refuse("too_long", child, path.length);
    const issuers = this.#index.issuersOf(child);
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
    this.#work -= 1 / STEPS_PER_UNIT;
    const [fault, guilty] = this.#fault(path, issuer);
    if (fault) return this.refuse(fault, guilty, path.length);
    return this.extend([...path, issuer]);
  }

  /** Cheap questions first, the signature last; first only where the key identifiers say that it is a namesake's. */
  #fault(path: readonly Certificate[], issuer: Certificate): [PathReason | undefined, Certificate] {
    const child = path.at(-1) ?? issuer;
    if (keyIdsDiffer(child, issuer) && !this.#isSignedBy(child, issuer)) return [this.#deadEnd(child, path), child];
    if (this.#index.isLoop(path, issuer)) return ["loop", issuer];
    const fault =
      timeFault(issuer, this.#question.time) ??
      (this.#index.isRoot(issuer) ? rootFault(issuer, this.#question.bareAllowed) : subCaFault(issuer)) ??
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
    this.#work -= signatureCost(issuer.keyKind);
    const valid = verifySignature(child.signatureAlgorithm, issuer.publicKey, child.tbs, child.signature);
    this.#signatures.set(key, valid);
    return valid;
  }

  #deadEnd(child: Certificate, path: readonly Certificate[]): PathReason {
    if (this.#index.isTrusted(child)) return "no_root";
    if (child.isSelfIssued) return path.length === 1 ? "self_signed" : "unknown_issuer";
    // Above two sub-CAs comes the root (ISO 15118-2, 7.3.3); of a shorter chain a sub-CA may have been left out.
    return path.length === 2 ? "incomplete_chain" : "unknown_issuer";
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

/** RSA goes by the square of its size; a long exponent, of which 64 bits are borne, makes it four times as slow. */
function signatureCost(keyKind: string): number {
  const rsa = /^RSA-(\d+)/.exec(keyKind)?.[1];
  return rsa === undefined ? (signatureCosts[keyKind] ?? SLOW) : 2 * (Number(rsa) / 2048) ** 2;
}
