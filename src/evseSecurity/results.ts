/** A verdict in the words of those who asked: EVerest's enums, ISO 15118-2 response codes, TLS alerts. */
import { own } from "../util/own.ts";
import type { HashData } from "../x509/index.ts";
import type { CertificateHashData, CertificateValidationResult, InstallCertificateResult } from "./types.ts";
import type { Refusal, Verdict } from "./verdict.ts";

const issuerReasons: ReadonlySet<string> = new Set([
  "no_trust_anchor",
  "unknown_issuer",
  "incomplete_chain",
  "self_signed",
  "no_root",
]);

export function validationResult(verdict: Verdict): CertificateValidationResult {
  if (verdict.ok) return "Valid";
  if (verdict.reason === "expired") return "Expired";
  if (verdict.reason === "malformed") return "Unknown";
  if (verdict.reason === "signature") return verdict.isLeaf ? "InvalidLeafSignature" : "InvalidSignature";
  return issuerReasons.has(verdict.reason) ? "IssuerNotFound" : "InvalidChain";
}

export function installResult(verdict: Verdict): InstallCertificateResult {
  if (verdict.ok) return "Accepted";
  if (verdict.reason === "common_name") return "InvalidCommonName";
  switch (validationResult(verdict)) {
    case "Expired":
      return "Expired";
    case "InvalidSignature":
    case "InvalidLeafSignature":
      return "InvalidSignature";
    case "IssuerNotFound":
      return "NoRootCertificateInstalled";
    case "InvalidChain":
      return "InvalidCertificateChain";
    default:
      return "InvalidFormat";
  }
}

/** Answers of their own; every other reason is a broken chain. */
const contractCodes = {
  no_trust_anchor: "FAILED_NoCertificateAvailable",
  unknown_issuer: "FAILED_CertificateNotAllowedAtThisEVSE",
  incomplete_chain: "FAILED_CertificateNotAllowedAtThisEVSE",
  no_root: "FAILED_CertificateNotAllowedAtThisEVSE",
  expired: "FAILED_CertificateExpired",
  not_yet_valid: "FAILED_CertificateExpired",
} as const satisfies Partial<Record<Refusal["reason"], string>>;

export type ContractRefusal = (typeof contractCodes)[keyof typeof contractCodes] | "FAILED_CertChainError";

/** What PaymentDetailsRes says to a contract that was judged so (ISO 15118-2, 8.6.2.6). */
export function responseCode(verdict: Refusal): ContractRefusal;
export function responseCode(verdict: Verdict): "OK" | ContractRefusal;
export function responseCode(verdict: Verdict): "OK" | ContractRefusal {
  if (verdict.ok) return "OK";
  const codes: Readonly<Record<string, ContractRefusal>> = contractCodes;
  return own(codes, verdict.reason) ?? "FAILED_CertChainError";
}

/** The alert a TLS peer deserves whose chain was judged so (RFC 5246, 7.2.2). */
export function tlsAlert({ reason }: Refusal): "certificate_expired" | "unknown_ca" | "bad_certificate" {
  if (reason === "expired") return "certificate_expired";
  return issuerReasons.has(reason) ? "unknown_ca" : "bad_certificate";
}

export function toHashData(hash: HashData): CertificateHashData {
  return {
    hash_algorithm: hash.hashAlgorithm,
    issuer_name_hash: hash.issuerNameHash,
    issuer_key_hash: hash.issuerKeyHash,
    serial_number: hash.serialNumber,
  };
}

/** Case does not count, nor do leading zeros of the serial number. */
export function sameHash(a: CertificateHashData, b: CertificateHashData): boolean {
  const key = ({ hash_algorithm, issuer_name_hash, issuer_key_hash, serial_number }: CertificateHashData) =>
    [hash_algorithm, issuer_name_hash, issuer_key_hash, serial_number.replace(/^0+(?=.)/, "")].join().toLowerCase();
  return key(a) === key(b);
}
