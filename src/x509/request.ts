/** Certificate signing requests (PKCS#10, RFC 2986). */
import { createPublicKey, type KeyObject } from "node:crypto";
import { Attributes, CertificationRequest, CertificationRequestInfo } from "@peculiar/asn1-csr";
import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import { Attribute, Extension, Extensions, Name, SubjectPublicKeyInfo } from "@peculiar/asn1-x509";
import { parseChecked, serializeDer, toArrayBuffer } from "./asn1.ts";
import { bitStringOctets, derChildren, readDer } from "./der.ts";
import { X509Error } from "./errors.ts";
import { type ExtensionValues, type RawExtension, readExtensionValues, readRawExtensions } from "./extensions.ts";
import { publicKeyDer } from "./keys.ts";
import { createName, type DistinguishedName, type NameTemplate, readName } from "./name.ts";
import { parsePem, toPemBlock } from "./pem.ts";
import { readPublicKeyInfo } from "./publicKeyInfo.ts";
import { createSigner, readSignatureAlgorithm, verifySignature } from "./signatures.ts";

const EXTENSION_REQUEST = "1.2.840.113549.1.9.14";

/** OCPP allows 5500 characters. */
const MAX_REQUEST_SIZE = 16 * 1024;

export interface CertificateSigningRequest extends ExtensionValues {
  readonly der: Uint8Array;
  readonly subject: DistinguishedName;
  readonly publicKey: KeyObject;
  readonly keyKind: string;
  readonly extensions: ReadonlyMap<string, RawExtension>;
  /** Whether the requester has the private key. */
  readonly signatureValid: boolean;
}

/** @returns PEM, signed by the key it asks for. */
export function createCertificateSigningRequest(request: {
  readonly subject: NameTemplate;
  readonly privateKey: KeyObject;
  readonly extensions: readonly RawExtension[];
}): string {
  const signer = createSigner(request.privateKey);
  const certificationRequestInfo = new CertificationRequestInfo({
    version: 0,
    subject: AsnConvert.parse(createName(request.subject), Name),
    subjectPKInfo: AsnConvert.parse(publicKeyDer(createPublicKey(request.privateKey)), SubjectPublicKeyInfo),
    attributes: new Attributes([extensionRequest(request.extensions)]),
  });
  const signature = toArrayBuffer(signer.sign(serializeDer(certificationRequestInfo)));
  const signed = new CertificationRequest({
    certificationRequestInfo,
    signatureAlgorithm: signer.algorithm,
    signature,
  });
  return toPemBlock("CERTIFICATE REQUEST", serializeDer(signed));
}

function extensionRequest(extensions: readonly RawExtension[]): Attribute {
  const list = new Extensions(
    extensions.map(
      ({ oid, critical, value }) => new Extension({ extnID: oid, critical, extnValue: new OctetString(value) }),
    ),
  );
  return new Attribute({ type: EXTENSION_REQUEST, values: [toArrayBuffer(serializeDer(list))] });
}

/** Reads a request, PEM or DER, and checks its signature. @throws X509Error when it cannot be read. */
export function parseCertificateSigningRequest(input: string | Uint8Array): CertificateSigningRequest {
  const der = typeof input === "string" ? requestBlock(input) : input;
  if (der.length > MAX_REQUEST_SIZE) throw new X509Error("the certificate signing request is too large");
  const [info, algorithm, signature] = derChildren(readDer(der).content);
  const request = parseChecked(der, CertificationRequest, "the certificate signing request");
  const [, subject, spki] = derChildren(info?.content ?? new Uint8Array());
  if (!info || !algorithm || !subject || !spki) throw new X509Error("this is not a certificate signing request");
  const { publicKey, keyKind } = readPublicKeyInfo(spki.raw);
  const extensions = requestedExtensions(request.certificationRequestInfo);
  const signatureAlgorithm = readSignatureAlgorithm(algorithm);
  return {
    ...readExtensionValues(extensions),
    der,
    subject: readName(subject),
    publicKey,
    keyKind,
    extensions,
    signatureValid: verifySignature(signatureAlgorithm, publicKey, info.raw, bitStringOctets(signature)),
  };
}

function requestBlock(text: string): Uint8Array {
  const found = parsePem(text).find(({ label }) => /^(NEW )?CERTIFICATE REQUEST$/.test(label));
  if (!found) throw new X509Error("there is no certificate signing request in it");
  return found.der;
}

function requestedExtensions(info: CertificationRequestInfo): Map<string, RawExtension> {
  const attribute = [...(info.attributes ?? [])].find(({ type }) => type === EXTENSION_REQUEST);
  const [value] = attribute?.values ?? [];
  if (!value) return new Map();
  return readRawExtensions(readDer(new Uint8Array(value)));
}
