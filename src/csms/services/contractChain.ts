/** A contract's chain, as a station sent it: read, and followed to a root. Pure. */
import {
  type Certificate,
  describeCertificate,
  type OcspCertId,
  ocspCertId,
  parsePemChain,
  X509Error,
} from "../../x509/index.ts";
import type { CsmsPki } from "../options.ts";
import type { Finding } from "./contractFindings.ts";
import { judgeRole } from "./roleChain.ts";

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

/** @param pem the contract certificate with its sub-CAs in any order; these may also be known from `pki`. */
export function followChain(pem: string, pki: CsmsPki, time: number): ChainResult {
  const certificates = readChain(pem);
  const leaf = certificates?.find(({ isCa }) => !isCa);
  if (!certificates || !leaf)
    return { ok: false, finding: "unreadable", reason: "no contract certificate can be read" };
  const anchors = [...pki.roots.mo, ...pki.roots.v2g];
  const intermediates = [...certificates, ...pki.intermediates];
  const verdict = judgeRole({ role: "contract", leaf, intermediates, anchors, time });
  if (!verdict.ok) return refusal(verdict.reason, verdict.certificate, verdict.fix);
  return { ok: true, path: [leaf, ...verdict.path.slice(1)] };
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

/** The chain leads nowhere that this CSMS knows: its roots decide, not the chain. */
const withoutRoot: readonly string[] = [
  "no_trust_anchor",
  "unknown_issuer",
  "incomplete_chain",
  "self_signed",
  "no_root",
];

function refusal(reason: string, certificate: string, fix: string): ChainResult {
  const finding = reason === "expired" ? "expired" : withoutRoot.includes(reason) ? "untrusted" : "badChain";
  return { ok: false, finding, reason: `${certificate}: ${reason.replaceAll("_", " ")}`, fix };
}
