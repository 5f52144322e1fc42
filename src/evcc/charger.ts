/** Whether the car trusts a charger: the SECC's certificates against the car's V2G roots (ISO 15118-2, 7.7.3 and annex F). */
import { judgeRaw } from "../evseSecurity/verdict.ts";
import type { PeerCertificates } from "../transport/ports.ts";
import type { TraceEvent } from "../util/trace.ts";
import { type Certificate, checkOcspResponse, describeCertificate, ocspCertId } from "../x509/index.ts";

/** The finding as it stands in the timeline: a sentence, the rule, and what would mend it. */
export type ChargerVerdict = { readonly ok: boolean } & Pick<TraceEvent, "title" | "rule" | "fix" | "detail">;

export interface ChargerQuestion {
  readonly shown: PeerCertificates;
  /** V2G roots. */
  readonly roots: readonly Certificate[];
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** Path to a V2G root, validity, the profile of a SECC leaf, and the OCSP response when one was stapled. */
export function checkCharger({ shown, roots, time }: ChargerQuestion): ChargerVerdict {
  const [leaf, ...chain] = shown.chain;
  if (!leaf)
    return refuse("the SECC shows no certificate", "RFC 5246, 7.4.2", "Install a SECC certificate in the station.");
  const anchors = roots.map(({ der }) => der);
  const verdict = judgeRaw({ role: "secc", edition: "iso15118-2", leaf, chain, anchors, time });
  if (!verdict.ok) {
    const { reason, certificate, clause, fix } = verdict;
    return refuse(`SECC chain: ${reason.replaceAll("_", " ")} (${certificate})`, clause, fix);
  }
  return stapleFault(shown.ocsp, verdict.path, time) ?? trusted(verdict.path, shown.ocsp !== undefined);
}

function refuse(title: string, rule: string, fix: string): ChargerVerdict {
  return { ok: false, title, rule, fix };
}

function trusted(path: readonly Certificate[], stapled: boolean): ChargerVerdict {
  const [leaf = "", root = ""] = [path.at(0), path.at(-1)].map(
    (certificate) => certificate && describeCertificate(certificate),
  );
  const title = `SECC chain checked against V2G root ${root}`;
  return { ok: true, title, detail: { leaf, OCSP: stapled ? "stapled" : "not stapled" } };
}

/** A stapled "revoked" or "unknown" counts; an answer that proves nothing is as good as none. */
function stapleFault(
  response: Uint8Array | undefined,
  [leaf, issuer]: readonly Certificate[],
  time: number,
): ChargerVerdict | undefined {
  if (!response || !leaf || !issuer) return undefined;
  const { outcome } = checkOcspResponse({ response, certId: ocspCertId(leaf, issuer), issuer, time });
  if (outcome !== "revoked" && outcome !== "unknown") return undefined;
  const who = describeCertificate(leaf);
  const title = `SECC leaf is ${outcome} by the stapled OCSP response (${who})`;
  return refuse(title, "RFC 6066, 8", `Install a new SECC certificate instead of ${who}.`);
}
