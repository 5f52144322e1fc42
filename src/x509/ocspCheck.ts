/** Judging an OCSP response (RFC 6960, 3.2 and 4.2.2). Every outcome is a value. */
import { createHash } from "node:crypto";
import { equalBytes, toHex } from "../util/bytes.ts";
import type { Certificate } from "./certificate.ts";
import { X509Error } from "./errors.ts";
import { type OcspCertId, ocspCertIdOf, sameOcspCertId } from "./ocspRequest.ts";
import { type OcspAnswer, type OcspError, type OcspResponseContent, parseOcspResponse } from "./ocspResponse.ts";
import { extensionOids } from "./oids.ts";
import { certificateFault, timeFault } from "./pathRules.ts";
import { verifySignature } from "./signatures.ts";

export type OcspVerdict =
  | { readonly outcome: "good"; readonly thisUpdate: number; readonly nextUpdate?: number }
  | { readonly outcome: "revoked"; readonly revokedAt: number; readonly reason?: number }
  /** The responder does not know the certificate. */
  | { readonly outcome: "unknown" }
  /** `nextUpdate` has passed, or without one `thisUpdate` is older than a week. */
  | { readonly outcome: "stale"; readonly since: number }
  | { readonly outcome: "notYetValid" }
  | { readonly outcome: "badSignature" }
  /** Signed by nobody whom the issuer has delegated this to. */
  | { readonly outcome: "wrongResponder" }
  | { readonly outcome: "nonceMismatch" }
  /** It says nothing about the certificate that was asked for. */
  | { readonly outcome: "wrongCertificate" }
  | { readonly outcome: "malformed"; readonly message: string }
  /** The responder refused. */
  | { readonly outcome: "refused"; readonly status: OcspError };

export interface OcspQuestion {
  /** DER. */
  readonly response: Uint8Array;
  /** The certificate asked for. */
  readonly certId: OcspCertId;
  /** Who issued it: signs, or vouches for who does. */
  readonly issuer: Certificate;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** What was sent; a response with another one is a replay. One without any is taken (RFC 6960, 4.4.1). */
  readonly nonce?: Uint8Array;
  /** By how much the clocks may differ; five minutes when absent. */
  readonly clockSkew?: number;
}

type Successful = Extract<OcspResponseContent, { responseStatus: "successful" }>;

const FIVE_MINUTES = 5 * 60_000;
const WEEK = 7 * 24 * 3600_000;

export function checkOcspResponse(question: OcspQuestion): OcspVerdict {
  try {
    const content = parseOcspResponse(question.response);
    if (content.responseStatus !== "successful") return { outcome: "refused", status: content.responseStatus };
    return signatureVerdict(content, question) ?? answerVerdict(content, question);
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    return { outcome: "malformed", message: error.message };
  }
}

function signatureVerdict(content: Successful, { issuer, time }: OcspQuestion): OcspVerdict | undefined {
  const signers = [issuer, ...content.certificates].filter((candidate) => isNamed(content, candidate));
  const signer = signers.find((candidate) => isEntitled(candidate, issuer, time));
  if (!signer) return { outcome: "wrongResponder" };
  const weak = ["sha1", "md5"].includes(content.signatureAlgorithm.hash ?? "");
  const signed = verifySignature(content.signatureAlgorithm, signer.publicKey, content.tbs, content.signature);
  return signed && !weak ? undefined : { outcome: "badSignature" };
}

function isNamed({ responder }: Successful, { subject, publicKeyBits }: Certificate): boolean {
  if ("name" in responder) return responder.name === toHex(subject.der);
  return responder.key === createHash("sha1").update(publicKeyBits).digest("hex");
}

/** The issuer, or a certificate with OCSPSigning that the issuer itself signed and that is valid (4.2.2.2). */
function isEntitled(signer: Certificate, issuer: Certificate, time: number): boolean {
  if (equalBytes(signer.spki, issuer.spki) && equalBytes(signer.subject.der, issuer.subject.der)) return true;
  return (
    signer.extendedKeyUsage?.includes("OCSPSigning") === true &&
    (signer.keyUsage === undefined || signer.keyUsage.has("digitalSignature")) &&
    timeFault(signer, time) === undefined &&
    hasNoUnknownDemands(signer) &&
    equalBytes(signer.issuer.der, issuer.subject.der) &&
    verifySignature(signer.signatureAlgorithm, issuer.publicKey, signer.tbs, signer.signature)
  );
}

function hasNoUnknownDemands(signer: Certificate): boolean {
  const fault = certificateFault(signer);
  return fault === undefined || (fault === "critical_extension" && isNoCheckCritical(signer));
}

/** Some responders mark OCSP nocheck as critical; it asks nothing of us. */
function isNoCheckCritical({ extensions }: Certificate): boolean {
  return extensions.get(extensionOids.ocspNoCheck)?.critical === true;
}

function answerVerdict(content: Successful, question: OcspQuestion): OcspVerdict {
  if (question.nonce && content.nonce && !equalBytes(question.nonce, content.nonce)) {
    return { outcome: "nonceMismatch" };
  }
  const answer = content.answers.find((candidate) => concerns(candidate, question));
  if (!answer) return { outcome: "wrongCertificate" };
  // what is revoked stays revoked, however old the news
  if (answer.status === "revoked") return statusVerdict(answer);
  return timeVerdict(answer, question) ?? statusVerdict(answer);
}

/** A responder may name the certificate by another hash than was asked with. */
function concerns({ certId }: OcspAnswer, { certId: asked, issuer }: OcspQuestion): boolean {
  const named = ocspCertIdOf(asked.serialNumber, issuer.subject.der, issuer, certId.hashAlgorithm);
  return sameOcspCertId(certId, asked) || sameOcspCertId(certId, named);
}

function timeVerdict({ thisUpdate, nextUpdate }: OcspAnswer, question: OcspQuestion): OcspVerdict | undefined {
  const skew = question.clockSkew ?? FIVE_MINUTES;
  if (thisUpdate > question.time + skew) return { outcome: "notYetValid" };
  const end = nextUpdate ?? thisUpdate + WEEK;
  return end < question.time - skew ? { outcome: "stale", since: end } : undefined;
}

function statusVerdict(answer: OcspAnswer): OcspVerdict {
  const { thisUpdate, nextUpdate } = answer;
  if (answer.status === "unknown") return { outcome: "unknown" };
  if (answer.status === "good") {
    return { outcome: "good", thisUpdate, ...(nextUpdate !== undefined && { nextUpdate }) };
  }
  const { revokedAt, reason } = answer;
  return { outcome: "revoked", revokedAt, ...(reason !== undefined && { reason }) };
}
