/** Answers OCSP for the CAs of the test PKI, signed by their delegated responders (RFC 6960). */
import type { OcspSigner } from "../../pki/index.ts";
import type { Clock } from "../../util/clock.ts";
import {
  certificateHashData,
  createOcspError,
  createOcspResponse,
  type OcspCertId,
  parseOcspRequest,
  X509Error,
} from "../../x509/index.ts";
import type { CertificateStore } from "../store/certificates.ts";
import { isIssuedBy } from "./certIds.ts";

export interface OcspResponderOptions {
  readonly clock: Clock;
  readonly certificates: CertificateStore;
  readonly signers: () => readonly OcspSigner[];
  /** How long an answer holds; one hour. */
  readonly validityMs?: number;
}

export class OcspResponder {
  readonly #options: OcspResponderOptions;

  constructor(options: OcspResponderOptions) {
    this.#options = options;
  }

  /** @param request DER from anybody. @returns DER; never throws. */
  answer(request: Uint8Array): Uint8Array {
    try {
      const { certIds, nonce } = parseOcspRequest(request);
      return this.#respond(certIds, nonce);
    } catch (error) {
      if (error instanceof X509Error) return createOcspError("malformedRequest");
      throw error;
    }
  }

  /** One request is about the certificates of one CA; for others this responder has no authority. */
  #respond(certIds: readonly OcspCertId[], nonce: Uint8Array | undefined): Uint8Array {
    const { certificates, clock, signers, validityMs = 3_600_000 } = this.#options;
    const signer = signers().find(({ issuer }) => certIds.every((certId) => isIssuedBy(issuer, certId)));
    if (!signer) return createOcspError("unauthorized");
    const now = clock.now();
    const { issuerKeyHash } = certificateHashData(signer.certificate, signer.issuer);
    return createOcspResponse({
      answers: certIds.map((certId) => ({
        certId,
        thisUpdate: now,
        nextUpdate: now + validityMs,
        ...certificates.status(issuerKeyHash, certId.serialNumber),
      })),
      signer,
      certificates: [signer.certificate],
      producedAt: now,
      ...(nonce && { nonce }),
    });
  }
}
