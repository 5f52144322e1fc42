/** OCSP requests (RFC 6960, 4.1). */
import { createHash } from "node:crypto";
import { CertID, id_pkix_ocsp_nonce, OCSPRequest, Request, TBSRequest } from "@peculiar/asn1-ocsp";
import { OctetString } from "@peculiar/asn1-schema";
import { AlgorithmIdentifier, Extension } from "@peculiar/asn1-x509";
import { fromHex, toHex } from "../util/bytes.ts";
import { parseChecked, parseDer, serializeDer, toArrayBuffer } from "./asn1.ts";
import type { Certificate } from "./certificate.ts";
import { X509Error } from "./errors.ts";

/** How OCSP names a certificate; hashes and serial number as lower-case hexadecimal, as {@link HashData} has them. */
export interface OcspCertId {
  readonly hashAlgorithm: "SHA1" | "SHA256" | "SHA384" | "SHA512";
  readonly issuerNameHash: string;
  readonly issuerKeyHash: string;
  readonly serialNumber: string;
}

const hashOids: Readonly<Record<OcspCertId["hashAlgorithm"], string>> = {
  SHA1: "1.3.14.3.2.26",
  SHA256: "2.16.840.1.101.3.4.2.1",
  SHA384: "2.16.840.1.101.3.4.2.2",
  SHA512: "2.16.840.1.101.3.4.2.3",
};

/** Requests are answered by a test responder only; nobody needs longer ones. */
const MAX_REQUEST_SIZE = 16 * 1024;

export function ocspCertId(
  certificate: Certificate,
  issuer: Certificate,
  hashAlgorithm: OcspCertId["hashAlgorithm"] = "SHA256",
): OcspCertId {
  return ocspCertIdOf(certificate.serialNumber, certificate.issuer.der, issuer, hashAlgorithm);
}

/** For one of whom only the serial number is known. */
export function ocspCertIdOf(
  serialNumber: string,
  issuerName: Uint8Array,
  issuer: Certificate,
  hashAlgorithm: OcspCertId["hashAlgorithm"],
): OcspCertId {
  const hash = (bytes: Uint8Array) => createHash(hashAlgorithm.toLowerCase()).update(bytes).digest("hex");
  return {
    hashAlgorithm,
    issuerNameHash: hash(issuerName),
    issuerKeyHash: hash(issuer.publicKeyBits),
    serialNumber,
  };
}

export function sameOcspCertId(a: OcspCertId, b: OcspCertId): boolean {
  const key = (id: OcspCertId) =>
    [id.hashAlgorithm, id.issuerNameHash, id.issuerKeyHash, id.serialNumber.replace(/^0+(?=.)/, "")]
      .join()
      .toLowerCase();
  return key(a) === key(b);
}

/** @param nonce 16 to 32 random octets (RFC 8954), echoed by a responder that can. @returns DER */
export function createOcspRequest(ids: readonly OcspCertId[], nonce?: Uint8Array): Uint8Array {
  const requestList = ids.map((id) => new Request({ reqCert: writeCertId(id) }));
  const requestExtensions = nonce && [writeNonce(nonce)];
  return serializeDer(
    new OCSPRequest({ tbsRequest: new TBSRequest({ requestList, ...(requestExtensions && { requestExtensions }) }) }),
  );
}

/** @throws X509Error */
export function parseOcspRequest(der: Uint8Array): {
  readonly certIds: readonly OcspCertId[];
  readonly nonce?: Uint8Array;
} {
  if (der.length > MAX_REQUEST_SIZE) throw new X509Error("the OCSP request is too large");
  const { tbsRequest } = parseDer(der, OCSPRequest, "the OCSP request");
  const certIds = [...tbsRequest.requestList].map(({ reqCert }) => readCertId(reqCert));
  if (certIds.length === 0) throw new X509Error("the OCSP request asks nothing");
  const nonce = readNonce(tbsRequest.requestExtensions);
  return { certIds, ...(nonce && { nonce }) };
}

export function writeCertId(id: OcspCertId): CertID {
  const serial = fromHex(id.serialNumber.length % 2 ? `0${id.serialNumber}` : id.serialNumber);
  const positive = (serial[0] ?? 0) >= 0x80 ? new Uint8Array([0, ...serial]) : serial;
  return new CertID({
    hashAlgorithm: new AlgorithmIdentifier({
      algorithm: hashOids[id.hashAlgorithm],
      parameters: new Uint8Array([0x05, 0x00]).buffer,
    }),
    issuerNameHash: new OctetString(fromHex(id.issuerNameHash)),
    issuerKeyHash: new OctetString(fromHex(id.issuerKeyHash)),
    serialNumber: toArrayBuffer(positive),
  });
}

/** @throws X509Error for a hash nobody here can make. */
export function readCertId(id: CertID): OcspCertId {
  const found = Object.entries(hashOids).find(([, oid]) => oid === id.hashAlgorithm.algorithm)?.[0];
  if (!found) throw new X509Error(`OCSP: the hash ${id.hashAlgorithm.algorithm} is not known`);
  return {
    hashAlgorithm: found as OcspCertId["hashAlgorithm"],
    issuerNameHash: toHex(new Uint8Array(id.issuerNameHash.buffer)),
    issuerKeyHash: toHex(new Uint8Array(id.issuerKeyHash.buffer)),
    serialNumber: toHex(new Uint8Array(id.serialNumber)).replace(/^0+(?=.)/, ""),
  };
}

export function writeNonce(nonce: Uint8Array): Extension {
  const value = serializeDer(new OctetString(nonce));
  return new Extension({ extnID: id_pkix_ocsp_nonce, critical: false, extnValue: new OctetString(value) });
}

export function readNonce(extensions: Iterable<Extension> | undefined): Uint8Array | undefined {
  const found = [...(extensions ?? [])].find(({ extnID }) => extnID === id_pkix_ocsp_nonce);
  if (!found) return undefined;
  return new Uint8Array(parseChecked(new Uint8Array(found.extnValue.buffer), OctetString, "the OCSP nonce").buffer);
}
