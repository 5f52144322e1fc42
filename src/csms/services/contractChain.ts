/** A contract's chain, as a station sent it: read, and followed to a root. Pure. */
import {
  type Certificate,
  describeCertificate,
  type OcspCertId,
  ocspCertId,
  parsePemChain,
  validatePath,
  X509Error,
} from "../../x509/index.ts";
import type { CsmsPki } from "../options.ts";
import type { Finding } from "./contractFindings.ts";

/** From the contract certificate to its root. */
export type ContractPath = readonly [leaf: Certificate, ...issuers: Certificate[]];

export type ChainResult = { readonly ok: true; readonly path: ContractPath } | ({ readonly ok: false } & Finding);

/** One question to a responder. */
export interface RevocationQuestion {
  readonly certId: OcspCertId;
  readonly url: string;
  /** For people. */
  readonly subject: string;
}

/** ISO 15118-2, annex F: at most two sub-CAs between a contract and its root. */
const MAX_SUB_CAS = 2;

/** @param pem the contract certificate with its sub-CAs in any order; these may also be known from `pki`. */
export function followChain(pem: string, pki: CsmsPki, time: number): ChainResult {
  const certificates = readChain(pem);
  const leaf = certificates?.find(({ isCa }) => !isCa);
  if (!certificates || !leaf)
    return { ok: false, finding: "unreadable", reason: "no contract certificate can be read" };
  const verdict = validatePath({
    leaf,
    intermediates: [...certificates, ...pki.intermediates],
    anchors: [...pki.roots.mo, ...pki.roots.v2g],
    time,
    maxIntermediates: MAX_SUB_CAS,
  });
  if (verdict.ok) return leafResult(leaf, verdict.path);
  const reason = `${describeCertificate(verdict.certificate)}: ${verdict.reason.replaceAll("_", " ")}`;
  return { ok: false, finding: findingFor(verdict.reason), reason };
}

/** What to ask about the path's certificates; a root is trusted by being installed, and one without a URL cannot be asked about. */
export function pathQuestions(path: ContractPath): RevocationQuestion[] {
  return path.slice(0, -1).flatMap((certificate, index) => {
    const issuer = path[index + 1];
    const url = certificate.aia?.ocsp;
    if (!issuer || url === undefined) return [];
    return [{ certId: ocspCertId(certificate, issuer), url, subject: describeCertificate(certificate) }];
  });
}

function readChain(pem: string): Certificate[] | undefined {
  try {
    return parsePemChain(pem);
  } catch (error) {
    if (error instanceof X509Error) return undefined;
    throw error;
  }
}

function leafResult(leaf: Certificate, path: readonly Certificate[]): ChainResult {
  if (leaf.keyUsage?.has("digitalSignature") === false) {
    return { ok: false, finding: "badChain", reason: `${describeCertificate(leaf)}: must not sign` };
  }
  return { ok: true, path: [leaf, ...path.slice(1)] };
}

function findingFor(reason: string): Finding["finding"] {
  if (reason === "expired") return "expired";
  return ["no_trust_anchor", "unknown_issuer", "incomplete_chain", "self_signed", "no_root"].includes(reason)
    ? "untrusted"
    : "badChain";
}
