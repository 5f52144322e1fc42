/** Signs what stations ask for by SignCertificate (OCPP 2.0.1, A02, A03), as a CPO's CA would. */

import type { Clock } from "../../util/clock.ts";
import type { Random } from "../../util/random.ts";
import {
  authorityInfoAccess,
  authorityKeyIdentifier,
  basicConstraints,
  type Certificate,
  type CertificateSigningRequest,
  createCertificate,
  createSerialNumber,
  extendedKeyUsage,
  keyUsage,
  parseCertificateSigningRequest,
  subjectKeyIdentifier,
  toPem,
  X509Error,
} from "../../x509/index.ts";
import type { CsmsPki, SigningAuthority } from "../options.ts";
import type { CertificateStore } from "../store/certificates.ts";

export interface SigningOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly certificates: CertificateStore;
  readonly pki: () => CsmsPki;
  /** Written into SECC certificates. */
  readonly ocspUrl: () => string;
}

export type SigningUse = "ChargingStationCertificate" | "V2GCertificate";

/** Certificates for ISO 15118-20, which OCPP 2.1 asks for too, are not made here. */
export function isSigningUse(use: string): use is SigningUse {
  return use === "ChargingStationCertificate" || use === "V2GCertificate";
}

export type Signed =
  | { readonly ok: true; readonly certificate: Certificate; readonly chain: string }
  | { readonly ok: false; readonly reason: string };

const dayMs = 24 * 3600_000;
/** ISO 15118-2, annex F: an SECC certificate lives two to three months. */
const secc = { days: 60, DC: "CPO", purposes: [] } as const;
const client = { days: 365, DC: undefined, purposes: ["clientAuth"] } as const;

export class SigningService {
  readonly #options: SigningOptions;

  constructor(options: SigningOptions) {
    this.#options = options;
  }

  /**
   * @param identity of the station that asks; a client certificate's CN must be it (A02).
   * @param wrongChain for a test: by the CA for the other use.
   */
  sign(csr: string, use: SigningUse, identity: string, { wrongChain = false } = {}): Signed {
    const { signers } = this.#options.pki();
    const authority = (use === "V2GCertificate") === wrongChain ? signers.chargingStation : signers.v2g;
    if (!authority) return { ok: false, reason: "this CSMS has no CA for such certificates" };
    const request = readRequest(csr);
    if (!request?.signatureValid)
      return { ok: false, reason: "the request cannot be read, or is not signed by its own key" };
    const { C = "", CN = "", O = "" } = request.subject;
    if (CN === "") return { ok: false, reason: "the request has no common name" };
    if (use === "ChargingStationCertificate" && CN !== identity) {
      return { ok: false, reason: "the common name of a client certificate must be the station's identity" };
    }
    const certificate = this.#issue(request, { CN, ...(O && { O }), ...(C && { C }) }, use, authority);
    this.#options.certificates.issued(certificate, authority.certificate);
    return { ok: true, certificate, chain: toPem(certificate, ...authority.chain) };
  }

  #issue(
    { publicKey }: CertificateSigningRequest,
    subject: { CN: string; O?: string; C?: string },
    use: SigningUse,
    authority: SigningAuthority,
  ): Certificate {
    const { clock, ocspUrl, random } = this.#options;
    const { DC, days, purposes } = use === "V2GCertificate" ? secc : client;
    const { subjectKeyId } = authority.certificate;
    return createCertificate({
      subject: { ...subject, ...(DC && { DC }) },
      issuer: authority.certificate,
      publicKey,
      signingKey: authority.key,
      serialNumber: createSerialNumber(random),
      notBefore: clock.now() - 3_600_000,
      notAfter: Math.min(clock.now() + days * dayMs, authority.certificate.notAfter),
      extensions: [
        basicConstraints(false),
        keyUsage(["digitalSignature", "keyAgreement"]),
        ...(purposes.length > 0 ? [extendedKeyUsage(purposes)] : []),
        subjectKeyIdentifier(publicKey),
        ...(subjectKeyId === undefined ? [] : [authorityKeyIdentifier(subjectKeyId)]),
        ...(use === "V2GCertificate" ? [authorityInfoAccess({ ocsp: ocspUrl() })] : []),
      ],
    });
  }
}

function readRequest(csr: string): CertificateSigningRequest | undefined {
  try {
    return parseCertificateSigningRequest(csr);
  } catch (error) {
    if (error instanceof X509Error) return undefined;
    throw error;
  }
}
