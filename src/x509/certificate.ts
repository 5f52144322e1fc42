/** X.509 certificates (RFC 5280), read strictly. */
import { createHash, type KeyObject } from "node:crypto";
import { toHex } from "../util/bytes.ts";
import { bitStringOctets, type DerNode, derChildren, derTag, readDer } from "./der.ts";
import { smallNumber } from "./derValues.ts";
import { X509Error } from "./errors.ts";
import { type ExtensionValues, type RawExtension, readExtensionValues, readRawExtensions } from "./extensions.ts";
import { type DistinguishedName, readName, sameName } from "./name.ts";
import { parsePem, toPemBlock } from "./pem.ts";
import { readPublicKeyInfo } from "./publicKeyInfo.ts";
import { childrenOf, hasShape } from "./shape.ts";
import { readSignatureAlgorithm, type SignatureAlgorithm } from "./signatures.ts";

export interface Certificate extends ExtensionValues {
  readonly der: Uint8Array;
  /** 1, 2 or 3; some tools write 4, which does not exist and which no path accepts. */
  readonly version: number;
  readonly subject: DistinguishedName;
  readonly issuer: DistinguishedName;
  /** Lower-case hexadecimal without leading zeros, `-` in front of a negative one. */
  readonly serialNumber: string;
  /** Content octets of the serial number's INTEGER: RFC 5280 allows 20. */
  readonly serialLength: number;
  /** Milliseconds since 1970. Both ends belong to the validity. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly publicKey: KeyObject;
  /** As {@link keyKind} says: `P-256`, `Ed448`, `RSA-2048`, … */
  readonly keyKind: string;
  /** SubjectPublicKeyInfo, and the content of its bit string. */
  readonly spki: Uint8Array;
  readonly publicKeyBits: Uint8Array;
  /** By basicConstraints. */
  readonly isCa: boolean;
  readonly pathLength?: number;
  /** By OID. */
  readonly extensions: ReadonlyMap<string, RawExtension>;
  readonly signatureAlgorithm: SignatureAlgorithm;
  /** Whether the algorithm inside the signed part is the one outside, as it must be. */
  readonly signatureAlgorithmsAgree: boolean;
  readonly signature: Uint8Array;
  /** The octets that are signed. */
  readonly tbs: Uint8Array;
  /** SHA-256 of the DER, lower-case hexadecimal. */
  readonly fingerprint: string;
  /** Issuer and subject are one name. Says nothing of the signature. */
  readonly isSelfIssued: boolean;
}

/** A certificate larger than this is not read: ten times what ISO 15118-20 allows. */
export const MAX_CERTIFICATE_SIZE = 16 * 1024;

/** Reads one certificate, DER or PEM with exactly one. @throws X509Error */
export function parseCertificate(input: Uint8Array | string): Certificate {
  if (typeof input !== "string") return parseDerCertificate(input);
  const [first, ...rest] = parsePemChain(input);
  if (!first) throw new X509Error("there is no certificate in it");
  if (rest.length > 0) throw new X509Error("there is more than one certificate in it");
  return first;
}

/** All certificates of a PEM text in order; other blocks, as keys, are skipped. @throws X509Error */
export function parsePemChain(text: string): Certificate[] {
  return parsePem(text)
    .filter(({ label }) => /^(X509 |TRUSTED )?CERTIFICATE$/.test(label))
    .map(({ der }) => parseDerCertificate(der));
}

export function toPem(...certificates: readonly { readonly der: Uint8Array }[]): string {
  return certificates.map(({ der }) => toPemBlock("CERTIFICATE", der)).join("");
}

function parseDerCertificate(der: Uint8Array): Certificate {
  if (der.length > MAX_CERTIFICATE_SIZE) throw new X509Error("the certificate is too large");
  const slices = slice(readDer(der));
  const version = readVersion(slices.version);
  if (slices.extensions && version < 3) throw new X509Error("extensions in a certificate that is not of version 3");
  const extensions = readRawExtensions(slices.extensions);
  const values = readExtensionValues(extensions);
  const { ca = false, pathLength } = values.basicConstraints ?? {};
  const subject = readName(slices.subject);
  const issuer = readName(slices.issuer);
  return {
    ...values,
    der,
    version,
    subject,
    issuer,
    isSelfIssued: sameName(subject, issuer),
    ...readSerial(slices.serial.content),
    ...readValidity(slices.validity),
    ...readPublicKeyInfo(slices.spki.raw),
    spki: slices.spki.raw,
    isCa: ca,
    ...(pathLength !== undefined && { pathLength }),
    extensions,
    signatureAlgorithm: readSignatureAlgorithm(slices.outerAlgorithm),
    signatureAlgorithmsAgree: Buffer.compare(slices.innerAlgorithm.raw, slices.outerAlgorithm.raw) === 0,
    signature: bitStringOctets(slices.signature),
    tbs: slices.tbs.raw,
    fingerprint: createHash("sha256").update(der).digest("hex"),
  };
}

/** Tags of TBSCertificate's fields: version, serial number, algorithm, issuer, validity, subject, key, two unique ids, extensions. */
const tbsShape = /^(a0 )?02 30 30 30 30 30( 81)?( 82)?( a3)?$/;

/** The octets of the parts, by their place in Certificate and TBSCertificate (RFC 5280, 4.1). */
function slice(certificate: DerNode) {
  const [tbs, outerAlgorithm, signature] = derChildren(certificate.content);
  const fits = certificate.tag === derTag.sequence && hasShape(certificate, /^30 30 03$/) && hasShape(tbs, tbsShape);
  if (!fits || !tbs || !outerAlgorithm || !signature) throw notACertificate();
  const fields = derChildren(tbs.content);
  const [serial, innerAlgorithm, issuer, validity, subject, spki] = fields[0]?.tag === 0xa0 ? fields.slice(1) : fields;
  if (!serial || !innerAlgorithm || !issuer || !validity || !subject || !spki) throw notACertificate();
  const version = fields.find(({ tag }) => tag === 0xa0);
  const [extensions] = childrenOf(fields.find(({ tag }) => tag === 0xa3) ?? NOTHING, /^(30)?$/, "the extensions");
  return {
    version,
    tbs,
    outerAlgorithm,
    signature,
    serial,
    innerAlgorithm,
    issuer,
    validity,
    subject,
    spki,
    extensions,
  };
}

const NOTHING: DerNode = { tag: 0, raw: new Uint8Array(), content: new Uint8Array() };

/** Absent for version 1 (RFC 5280, 4.1.2.1). */
function readVersion(version: DerNode | undefined): number {
  const [number] = version ? childrenOf(version, /^02$/, "the version") : [];
  return number ? smallNumber(number, "the version") + 1 : 1;
}

function notACertificate(): X509Error {
  return new X509Error("this is not a certificate");
}

function readSerial(content: Uint8Array): { serialNumber: string; serialLength: number } {
  const number = BigInt.asIntN(content.length * 8, BigInt(`0x${toHex(content)}`));
  return { serialNumber: number.toString(16), serialLength: content.length };
}

function readValidity(validity: DerNode): { notBefore: number; notAfter: number } {
  const [notBefore, notAfter] = derChildren(validity.content);
  if (!hasShape(validity, /^(17|18) (17|18)$/) || !notBefore || !notAfter) throw notACertificate();
  return { notBefore: readTime(notBefore), notAfter: readTime(notAfter) };
}

/** UTCTime or GeneralizedTime as RFC 5280, 4.1.2.5 has them: in UTC, with seconds. @throws X509Error for 31 February. */
function readTime({ tag, content }: DerNode): number {
  const text = Buffer.from(content).toString("latin1");
  const century = tag === derTag.utcTime ? (Number(text.slice(0, 2)) < 50 ? "20" : "19") : "";
  const iso = `${century}${text}`.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6.000Z");
  const time = Date.parse(iso);
  if (Number.isNaN(time) || new Date(time).toISOString() !== iso) throw new X509Error(`${text} is not a time`);
  return time;
}

/** Subject for people: its name, or the fingerprint of a certificate with an empty one. */
export function describeCertificate(certificate: Certificate): string {
  return certificate.subject.toString() || `the certificate with SHA-256 ${certificate.fingerprint}`;
}
