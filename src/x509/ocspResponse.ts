/** OCSP responses (RFC 6960, 4.2). */
import { createHash, type KeyObject } from "node:crypto";
import {
  BasicOCSPResponse,
  CertStatus,
  id_pkix_ocsp_basic,
  KeyHash,
  OCSPResponse,
  OCSPResponseStatus,
  ResponderID,
  ResponseBytes,
  ResponseData,
  RevokedInfo,
  SingleResponse,
} from "@peculiar/asn1-ocsp";
import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import { Certificate as CertificateSchema, CRLReason, type CRLReasons } from "@peculiar/asn1-x509";
import { toHex } from "../util/bytes.ts";
import { parseChecked, parseDer, serializeDer, toArrayBuffer } from "./asn1.ts";
import { type Certificate, parseCertificate } from "./certificate.ts";
import { bitStringOctets, derChildren, readDer } from "./der.ts";
import { X509Error } from "./errors.ts";
import { type OcspCertId, readCertId, readNonce, writeCertId, writeNonce } from "./ocspRequest.ts";
import { createSigner, readSignatureAlgorithm, type SignatureAlgorithm } from "./signatures.ts";

/** OCPP allows 5500 characters of base64 or PEM; responders that send whole chains need more. */
const MAX_RESPONSE_SIZE = 32 * 1024;

export type OcspStatus =
  | { readonly status: "good" }
  /** `reason` as RFC 5280, 5.3.1 numbers them. */
  | { readonly status: "revoked"; readonly revokedAt: number; readonly reason?: number }
  | { readonly status: "unknown" };

export type OcspAnswer = OcspStatus & {
  readonly certId: OcspCertId;
  /** Milliseconds since 1970. */
  readonly thisUpdate: number;
  readonly nextUpdate?: number;
};

export interface OcspResponseTemplate {
  readonly answers: readonly OcspAnswer[];
  /** The issuer itself, or a responder it delegated to by extended key usage OCSPSigning. */
  readonly signer: { readonly certificate: Certificate; readonly key: KeyObject };
  /** Sent along for the reader; a delegated responder's certificate must be. */
  readonly certificates?: readonly Certificate[];
  readonly producedAt: number;
  readonly nonce?: Uint8Array;
}

/** A signed response with status successful. @returns DER */
export function createOcspResponse(template: OcspResponseTemplate): Uint8Array {
  const signer = createSigner(template.signer.key);
  const keyHash = createHash("sha1").update(template.signer.certificate.publicKeyBits).digest();
  const tbsResponseData = new ResponseData({
    responderID: new ResponderID({ byKey: new KeyHash(toArrayBuffer(keyHash)) }),
    producedAt: wholeSeconds(template.producedAt),
    responses: template.answers.map(writeAnswer),
    ...(template.nonce && { responseExtensions: [writeNonce(template.nonce)] }),
  });
  const basic = new BasicOCSPResponse({
    tbsResponseData,
    signatureAlgorithm: signer.algorithm,
    signature: toArrayBuffer(signer.sign(serializeDer(tbsResponseData))),
    ...(template.certificates?.length && {
      certs: template.certificates.map(({ der }) => AsnConvert.parse(der, CertificateSchema)),
    }),
  });
  const response = new OctetString(serializeDer(basic));
  return serializeDer(
    new OCSPResponse({
      responseStatus: OCSPResponseStatus.successful,
      responseBytes: new ResponseBytes({ responseType: id_pkix_ocsp_basic, response }),
    }),
  );
}

function writeAnswer(answer: OcspAnswer): SingleResponse {
  return new SingleResponse({
    certID: writeCertId(answer.certId),
    certStatus: writeStatus(answer),
    thisUpdate: wholeSeconds(answer.thisUpdate),
    ...(answer.nextUpdate !== undefined && { nextUpdate: wholeSeconds(answer.nextUpdate) }),
  });
}

function writeStatus(status: OcspStatus): CertStatus {
  if (status.status !== "revoked") return new CertStatus({ [status.status]: null });
  const reason = status.reason === undefined ? {} : { revocationReason: new CRLReason(status.reason as CRLReasons) };
  return new CertStatus({ revoked: new RevokedInfo({ revocationTime: wholeSeconds(status.revokedAt), ...reason }) });
}

function wholeSeconds(ms: number): Date {
  return new Date(Math.floor(ms / 1000) * 1000);
}

/** Why a responder does not answer. */
export type OcspError = "malformedRequest" | "internalError" | "tryLater" | "sigRequired" | "unauthorized";

/** An unsigned refusal. @returns DER */
export function createOcspError(status: OcspError): Uint8Array {
  return serializeDer(new OCSPResponse({ responseStatus: OCSPResponseStatus[status] }));
}

/** A response, read but not judged: {@link checkOcspResponse} does that. */
export type OcspResponseContent =
  | { readonly responseStatus: OcspError }
  | {
      readonly responseStatus: "successful";
      readonly answers: readonly OcspAnswer[];
      readonly producedAt: number;
      readonly certificates: readonly Certificate[];
      readonly nonce?: Uint8Array;
      /** By name (DER, hexadecimal) or by SHA-1 of the key (hexadecimal). */
      readonly responder: { readonly name: string } | { readonly key: string };
      readonly tbs: Uint8Array;
      readonly signature: Uint8Array;
      readonly signatureAlgorithm: SignatureAlgorithm;
    };

/** @throws X509Error */
export function parseOcspResponse(der: Uint8Array): OcspResponseContent {
  if (der.length > MAX_RESPONSE_SIZE) throw new X509Error("the OCSP response is too large");
  const { responseStatus, responseBytes } = parseDer(der, OCSPResponse, "the OCSP response");
  if (responseStatus !== OCSPResponseStatus.successful) return { responseStatus: errorName(responseStatus) };
  if (responseBytes?.responseType !== id_pkix_ocsp_basic) throw new X509Error("not a basic OCSP response");
  return parseBasic(new Uint8Array(responseBytes.response.buffer));
}

function errorName(status: OCSPResponseStatus): OcspError {
  const name = OCSPResponseStatus[status];
  if (name === undefined) throw new X509Error(`OCSP: there is no response status ${status}`);
  return name as OcspError;
}

function parseBasic(der: Uint8Array): OcspResponseContent {
  const [tbs, algorithm, signature] = derChildren(readDer(der).content);
  const basic = parseChecked(der, BasicOCSPResponse, "the basic OCSP response");
  if (!tbs || !algorithm) throw new X509Error("this is not a basic OCSP response");
  const data = basic.tbsResponseData;
  const nonce = readNonce(data.responseExtensions);
  return {
    responseStatus: "successful",
    answers: [...data.responses].map(readAnswer),
    producedAt: data.producedAt.getTime(),
    certificates: embeddedCertificates(der),
    ...(nonce && { nonce }),
    responder: readResponder(data.responderID),
    tbs: tbs.raw,
    signature: bitStringOctets(signature),
    signatureAlgorithm: readSignatureAlgorithm(algorithm),
  };
}

/** Their very octets: written anew they might not be what was signed. */
function embeddedCertificates(basic: Uint8Array): Certificate[] {
  const wrapper = derChildren(readDer(basic).content)[3];
  if (!wrapper) return [];
  const [list] = derChildren(wrapper.content);
  return derChildren(list?.content ?? new Uint8Array()).map(({ raw }) => parseCertificate(raw));
}

function readResponder(id: ResponderID): { name: string } | { key: string } {
  if (id.byName) return { name: toHex(serializeDer(id.byName)) };
  return { key: toHex(new Uint8Array(id.byKey?.buffer ?? new ArrayBuffer(0))) };
}

function readAnswer(single: SingleResponse): OcspAnswer {
  return {
    certId: readCertId(single.certID),
    thisUpdate: single.thisUpdate.getTime(),
    ...(single.nextUpdate && { nextUpdate: single.nextUpdate.getTime() }),
    ...readStatus(single.certStatus),
  };
}

function readStatus({ revoked, good }: CertStatus): OcspStatus {
  if (revoked) {
    const reason = revoked.revocationReason?.reason;
    return { status: "revoked", revokedAt: revoked.revocationTime.getTime(), ...(reason !== undefined && { reason }) };
  }
  return { status: good === undefined ? "unknown" : "good" };
}
