/** Whether the car trusts a charger: the SECC's certificates against the car's V2G roots (ISO 15118-2, 7.3 and annex F). */
import type { PeerCertificates } from "../transport/ports.ts";
import type { TraceEvent } from "../util/trace.ts";
import {
  type Certificate,
  checkOcspResponse,
  describeCertificate,
  ocspCertId,
  parseCertificate,
  validatePath,
  X509Error,
} from "../x509/index.ts";

/** The finding as it stands in the timeline: a sentence, the rule, and what would mend it. */
export type ChargerVerdict = { readonly ok: boolean } & Pick<TraceEvent, "title" | "rule" | "fix" | "detail">;

export interface ChargerQuestion {
  readonly shown: PeerCertificates;
  /** V2G roots. */
  readonly roots: readonly Certificate[];
  /** Milliseconds since 1970. */
  readonly time: number;
}

const MAX_SUB_CAS = 2;

/** Path to a V2G root, validity, the profile of a SECC leaf, and the OCSP response when one was stapled. */
export function checkCharger({ shown, roots, time }: ChargerQuestion): ChargerVerdict {
  const certificates = readChain(shown.chain);
  if (!certificates) return refuse("the SECC shows a certificate that cannot be read", "Install its certificate anew.");
  const [leaf, ...intermediates] = certificates;
  if (!leaf) return refuse("the SECC shows no certificate", "Install a SECC certificate in the station.");
  const found = validatePath({ leaf, intermediates, anchors: roots, time, maxIntermediates: MAX_SUB_CAS });
  if (!found.ok) {
    const who = describeCertificate(found.certificate);
    return refuse(`SECC chain: ${found.reason.replaceAll("_", " ")} (${who})`, found.fix, found.reason);
  }
  const [, issuer = leaf] = found.path;
  const root = describeCertificate(found.path.at(-1) ?? leaf);
  return (
    profileFault(leaf) ??
    stapleFault(shown.ocsp, leaf, issuer, time) ?? {
      ok: true,
      title: `SECC chain checked against V2G root ${root}`,
      detail: { leaf: describeCertificate(leaf), ocsp: shown.ocsp ? "stapled" : "none" },
    }
  );
}

function refuse(title: string, fix: string, rule = "certificate profile of the SECC leaf"): ChargerVerdict {
  return { ok: false, title, rule, fix };
}

function readChain(chain: readonly Uint8Array[]): Certificate[] | undefined {
  try {
    return chain.map((der) => parseCertificate(der));
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    return undefined;
  }
}

/** Annex F, table F.2: who may speak for a charger. */
function profileFault(leaf: Certificate): ChargerVerdict | undefined {
  const who = describeCertificate(leaf);
  const other = (what: string) =>
    refuse(`SECC leaf ${what} (${who})`, `Get ${who} anew from a CPO's sub-CA, as a SECC leaf.`);
  if (leaf.isCa) return other("is a CA");
  if (!leaf.subject.all("DC").includes("CPO")) return other("does not have the domain component CPO");
  if (!leaf.subject.CN) return other("has no common name");
  if (!leaf.keyUsage?.has("digitalSignature")) return other("is not for digital signatures");
  return leaf.keyKind === "P-256" ? undefined : other(`has a key of ${leaf.keyKind} instead of P-256`);
}

/** A stapled "revoked" or "unknown" counts; an answer that proves nothing is as good as none. */
function stapleFault(response: Uint8Array | undefined, leaf: Certificate, issuer: Certificate, time: number) {
  if (!response) return undefined;
  const verdicts = (["SHA256", "SHA1"] as const).map((hash) =>
    checkOcspResponse({ response, certId: ocspCertId(leaf, issuer, hash), issuer, time }),
  );
  const bad = verdicts.find(({ outcome }) => outcome === "revoked" || outcome === "unknown");
  if (!bad) return undefined;
  const who = describeCertificate(leaf);
  const title = `SECC leaf is ${bad.outcome} by the stapled OCSP response (${who})`;
  return refuse(title, `Install a new SECC certificate instead of ${who}.`, "RFC 6066, 8");
}
