/**
 * XML signatures over EXI (ISO 15118-2, 7.9.2.4): each signed element is coded as a fragment of its message's schemas and
 * hashed; SignedInfo lists the digests, is coded as a fragment of **xmldsig alone**, and is signed by ECDSA with P-256 and
 * SHA-256, r and s as 32 octets each.
 */
import { createHash, type KeyObject, sign, verify } from "node:crypto";
import type { AnySet } from "../exi/schema.ts";
import { equalBytes } from "../util/bytes.ts";
import { type Reference, type Signature, type SignedInfo, xmldsig } from "./xmldsig.ts";

const CANONICAL_EXI = "http://www.w3.org/TR/canonical-exi/";
const ECDSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";
const SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256";

const SIGNATURE_LENGTH = 64;

/** An element that is, or must be, signed. */
export interface SignedElement {
  /** The schemas of its message. */
  readonly set: AnySet;
  /** Its name, for example `AuthorizationReq`. */
  readonly name: string;
  /** Its attribute `Id`. */
  readonly id: string;
  readonly value: unknown;
}

/** The octets that a digest or a signature was made of, for those who look for a difference. */
export interface Hashed {
  readonly signedInfo: Uint8Array;
  /** In the order of the elements given, as far as the check came. */
  readonly elements: readonly HashedElement[];
}

export interface HashedElement {
  readonly name: string;
  readonly id: string;
  readonly fragment: Uint8Array;
  /** SHA-256 of `fragment`. */
  readonly digest: Uint8Array;
}

export type SignatureVerdict =
  | { readonly ok: true; readonly hashed: Hashed }
  /** `reason` is a clause that begins in lower case. */
  | { readonly ok: false; readonly reason: string; readonly hashed: Hashed };

/** Signs elements in the order given. @param key a private EC key; only with P-256 will the signature be accepted. */
export function signFragments({ elements, key }: { elements: readonly SignedElement[]; key: KeyObject }): Signature {
  const SignedInfo: SignedInfo = {
    CanonicalizationMethod: { "@Algorithm": CANONICAL_EXI },
    SignatureMethod: { "@Algorithm": ECDSA_SHA256 },
    Reference: elements.map(hash).map(({ id, digest }) => ({
      "@URI": `#${id}`,
      Transforms: { Transform: [{ "@Algorithm": CANONICAL_EXI }] },
      DigestMethod: { "@Algorithm": SHA256 },
      DigestValue: digest,
    })),
  };
  const value = sign("sha256", xmldsig.encodeFragment("SignedInfo", SignedInfo), { key, dsaEncoding: "ieee-p1363" });
  return { SignedInfo, SignatureValue: { "#text": new Uint8Array(value) } };
}

export interface SignatureQuestion {
  readonly signature: Signature;
  /** Every element that has to be signed; the signature must refer to each of them once, and to nothing else. */
  readonly elements: readonly SignedElement[];
  readonly publicKey: KeyObject;
}

/** Checks algorithms, references, digests and the signature itself, in this order; never throws for what a peer sent. */
export function verifySignature({ signature, elements, publicKey }: SignatureQuestion): SignatureVerdict {
  const { SignedInfo, SignatureValue } = signature;
  const hashed = { signedInfo: xmldsig.encodeFragment("SignedInfo", SignedInfo), elements: elements.map(hash) };
  const reason =
    algorithmFault(SignedInfo) ??
    referenceFault(SignedInfo.Reference, hashed.elements) ??
    valueFault(hashed.signedInfo, SignatureValue["#text"], publicKey);
  return reason === undefined ? { ok: true, hashed } : { ok: false, reason, hashed };
}

function hash({ set, name, id, value }: SignedElement): HashedElement {
  const fragment = set.encodeFragment(name, value);
  return { name, id, fragment, digest: new Uint8Array(createHash("sha256").update(fragment).digest()) };
}

function algorithmFault({ CanonicalizationMethod, SignatureMethod }: SignedInfo): string | undefined {
  return (
    otherThan(CANONICAL_EXI, CanonicalizationMethod["@Algorithm"], "canonicalization method") ??
    otherThan(ECDSA_SHA256, SignatureMethod["@Algorithm"], "signature method")
  );
}

function otherThan(expected: string, found: string, what: string): string | undefined {
  return found === expected ? undefined : `the ${what} is ${quoted(found)} instead of ${expected}`;
}

/** A peer's text for a reason: short, and without control characters. */
function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}

function referenceFault(references: readonly Reference[], elements: readonly HashedElement[]): string | undefined {
  const stray = references.find((reference) => !elements.some(({ id }) => reference["@URI"] === `#${id}`));
  if (stray) return `a reference to ${quoted(stray["@URI"] ?? "")} names no element that is signed here`;
  for (const element of elements) {
    const fault = elementFault(references, element);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function elementFault(references: readonly Reference[], { name, id, digest }: HashedElement): string | undefined {
  const [reference, second] = references.filter((candidate) => candidate["@URI"] === `#${id}`);
  if (!reference) return `there is no reference to ${name} (#${id})`;
  if (second) return `there is more than one reference to ${name} (#${id})`;
  const [transform, ...others] = reference.Transforms?.Transform ?? [];
  if (!transform || others.length > 0) return `the reference to ${name} must have exactly one transform`;
  return (
    otherThan(CANONICAL_EXI, transform["@Algorithm"], `transform of ${name}`) ??
    otherThan(SHA256, reference.DigestMethod["@Algorithm"], `digest method of ${name}`) ??
    (equalBytes(reference.DigestValue, digest) ? undefined : `the digest of ${name} (#${id}) does not match`)
  );
}

function valueFault(signedInfo: Uint8Array, value: Uint8Array, key: KeyObject): string | undefined {
  if (!isP256(key)) return "the signer's key is not on P-256";
  if (value.length !== SIGNATURE_LENGTH)
    return `the signature value has ${value.length} octets instead of ${SIGNATURE_LENGTH}`;
  const valid = verify("sha256", signedInfo, { key, dsaEncoding: "ieee-p1363" }, value);
  return valid ? undefined : "the signature was not made with the signer's key over this SignedInfo";
}

function isP256({ asymmetricKeyDetails }: KeyObject): boolean {
  return asymmetricKeyDetails?.namedCurve === "prime256v1";
}
