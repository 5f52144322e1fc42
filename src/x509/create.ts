/** Certificates, made: regular ones and, for tests, deliberately odd ones. */
import type { KeyObject } from "node:crypto";
import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import {
  AlgorithmIdentifier,
  Certificate as CertificateSchema,
  Extension,
  Extensions,
  Name,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
} from "@peculiar/asn1-x509";
import { fromHex } from "../util/bytes.ts";
import type { Random } from "../util/random.ts";
import { serializeDer, toArrayBuffer } from "./asn1.ts";
import { type Certificate, parseCertificate } from "./certificate.ts";
import type { RawExtension } from "./extensions.ts";
import { publicKeyDer } from "./keys.ts";
import { createName, type NameTemplate } from "./name.ts";
import { createSigner, type Hash } from "./signatures.ts";

export interface CertificateTemplate {
  readonly subject: NameTemplate;
  /** The issuing certificate, or just its name; the subject itself when absent. */
  readonly issuer?: Certificate | NameTemplate;
  /** The key the certificate is for, and the private key that signs. */
  readonly publicKey: KeyObject;
  readonly signingKey: KeyObject;
  /** Hexadecimal, not negative; see {@link createSerialNumber}. */
  readonly serialNumber: string;
  /** Milliseconds since 1970, of which whole seconds count. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly extensions: readonly RawExtension[];
  /** Instead of the hash that fits the key. */
  readonly hash?: Hash;
  /** What no honest CA does. */
  readonly odd?: {
    readonly version?: 1 | 2 | 3 | 4;
    /** An algorithm OID to write into the signed part only. */
    readonly innerAlgorithm?: string;
    /** Changes the signature after signing. */
    readonly signature?: (signature: Uint8Array) => Uint8Array;
  };
}

/** @throws X509Error when an odd template gives what cannot be read back. */
export function createCertificate(template: CertificateTemplate): Certificate {
  return parseCertificate(createCertificateDer(template));
}

/** As {@link createCertificate}, but the octets, readable or not. */
export function createCertificateDer(template: CertificateTemplate): Uint8Array {
  const signer = createSigner(template.signingKey, template.hash);
  const tbsCertificate = toBeSigned(template, signer.algorithm);
  const signature = signer.sign(serializeDer(tbsCertificate));
  const signatureValue = toArrayBuffer(template.odd?.signature?.(signature) ?? signature);
  return serializeDer(new CertificateSchema({ tbsCertificate, signatureAlgorithm: signer.algorithm, signatureValue }));
}

function toBeSigned(template: CertificateTemplate, algorithm: AlgorithmIdentifier): TBSCertificate {
  const subject = createName(template.subject);
  const { innerAlgorithm, version = 3 } = template.odd ?? {};
  return new TBSCertificate({
    version: version - 1,
    serialNumber: integerOctets(template.serialNumber),
    signature: innerAlgorithm ? new AlgorithmIdentifier({ algorithm: innerAlgorithm }) : algorithm,
    issuer: AsnConvert.parse(template.issuer ? issuerName(template.issuer) : subject, Name),
    validity: new Validity({ notBefore: time(template.notBefore), notAfter: time(template.notAfter) }),
    subject: AsnConvert.parse(subject, Name),
    subjectPublicKeyInfo: AsnConvert.parse(publicKeyDer(template.publicKey), SubjectPublicKeyInfo),
    ...(template.extensions.length > 0 && { extensions: new Extensions(template.extensions.map(toExtension)) }),
  });
}

function issuerName(issuer: Certificate | NameTemplate): Uint8Array {
  return "der" in issuer ? issuer.subject.der : createName(issuer);
}

function time(ms: number): Date {
  return new Date(Math.floor(ms / 1000) * 1000);
}

function toExtension({ oid, critical, value }: RawExtension): Extension {
  return new Extension({ extnID: oid, critical, extnValue: new OctetString(value) });
}

/** A number's octets with a leading zero where the sign bit would be set. */
function integerOctets(hex: string): ArrayBuffer {
  const bytes = fromHex(hex.length % 2 ? `0${hex}` : hex);
  return toArrayBuffer((bytes[0] ?? 0) >= 0x80 ? new Uint8Array([0, ...bytes]) : bytes);
}

/** A positive serial number of 16 random octets, hexadecimal (RFC 5280, 4.1.2.2). */
export function createSerialNumber(random: Random): string {
  const bytes = random.bytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return Buffer.from(bytes).toString("hex");
}
