/** Who issued what, among the certificates at hand. */
import { type Certificate, certificateHashData, isIssuedBy } from "../x509/index.ts";
import { toHashData } from "./results.ts";
import type { CertificateHashData } from "./types.ts";

/** The issuer among some; a self-issued certificate is its own. */
export function issuerIn(certificate: Certificate, among: readonly Certificate[]): Certificate | undefined {
  if (certificate.isSelfIssued) return certificate;
  return among.find((candidate) => isIssuedBy(certificate, candidate));
}

/** Hash data of certificates whose issuer is in the list; others have none. */
export function hashesOf(certificates: readonly Certificate[]): Map<Certificate, CertificateHashData> {
  const hashes = new Map<Certificate, CertificateHashData>();
  for (const certificate of certificates) {
    const issuer = issuerIn(certificate, certificates);
    if (issuer) hashes.set(certificate, toHashData(certificateHashData(certificate, issuer)));
  }
  return hashes;
}

/** All that were issued below a certificate, children first. */
export function descendants(issuer: Certificate, all: readonly Certificate[]): Certificate[] {
  const others = all.filter((certificate) => certificate !== issuer);
  const children = others.filter((certificate) => !certificate.isSelfIssued && isIssuedBy(certificate, issuer));
  const rest = others.filter((certificate) => !children.includes(certificate));
  return [...children, ...children.flatMap((child) => descendants(child, rest))];
}
