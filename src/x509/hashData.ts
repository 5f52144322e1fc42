/** OCPP's way to name a certificate (2.0.1 part 2, CertificateHashDataType). */
import { createHash } from "node:crypto";
import type { Certificate } from "./certificate.ts";

/** Hashes and serial number as lower-case hexadecimal; the serial number without leading zeros, as a number is. */
export interface HashData {
  readonly hashAlgorithm: "SHA256";
  /** SHA-256 of the issuer name's DER, as it stands in the certificate. */
  readonly issuerNameHash: string;
  /** SHA-256 of the issuer's public key: the bit string's content without tag, length and unused-bits octet. */
  readonly issuerKeyHash: string;
  readonly serialNumber: string;
}

/** @param issuer the certificate that signed; for a root, itself. */
export function certificateHashData(certificate: Certificate, issuer: Certificate): HashData {
  return {
    hashAlgorithm: "SHA256",
    issuerNameHash: sha256(certificate.issuer.der),
    issuerKeyHash: sha256(issuer.publicKeyBits),
    serialNumber: certificate.serialNumber,
  };
}

/** Case does not count in what a peer sends, nor do leading zeros of its serial number. */
export function sameHashData(a: Omit<HashData, "hashAlgorithm">, b: Omit<HashData, "hashAlgorithm">): boolean {
  const key = ({ issuerNameHash, issuerKeyHash, serialNumber }: Omit<HashData, "hashAlgorithm">) =>
    [issuerNameHash, issuerKeyHash, serialNumber.replace(/^0+(?=.)/, "")].join().toLowerCase();
  return key(a) === key(b);
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
