/** Who may charge, decided and told in the same words for every version of OCPP. */
import type { StationContext } from "../context.ts";
import type { ContractVerdict } from "../services/contractFindings.ts";
import type { ContractQuestion } from "../services/contracts.ts";
import type { TokenVerdict } from "../services/tokens.ts";
import type { Token } from "../services/transactionRules.ts";
import { printable } from "../services/words.ts";

/** Whether a certificate is in question, or the token alone. */
export function asksForContract({ certificate, iso15118CertificateHashData }: ContractQuestion): boolean {
  return certificate !== undefined || iso15118CertificateHashData !== undefined;
}

/** C07. @param version goes before the rule, as in `OCPP 2.0.1`. */
export async function decideContract(
  question: ContractQuestion,
  { identity: station, services }: StationContext,
  version: string,
): Promise<ContractVerdict> {
  const { contracts, reporter } = services;
  const note = (title: string) => reporter.decide({ step: 4, station, title, outcome: "ok", rule: "C07.FR.05" });
  const verdict = await contracts.authorize(question, note);
  const { certificateStatus, fix, reason, rule, status } = verdict;
  const refused = status !== "Accepted";
  reporter.decide({
    step: 4,
    station,
    title: reason,
    outcome: refused ? "refused" : "ok",
    rule: `${version} ${rule}`,
    ...(refused && fix !== undefined && { fix }),
    detail: { idTokenInfo: status, ...(certificateStatus && { certificateStatus }) },
  });
  return verdict;
}

/** @param rule that is gone by. */
export function decideToken(
  token: Token,
  { identity: station, services }: StationContext,
  rule: string,
): TokenVerdict["info"] {
  const { info, reason } = services.tokens.check(token);
  services.reporter.decide({
    step: 4,
    station,
    title: `${token.type ?? "idTag"}${token.type === undefined ? "" : " token"} ${printable(token.idToken)}: ${reason}`,
    outcome: info.status === "Accepted" ? "ok" : "refused",
    rule,
    ...(info.status === "Unknown" && { fix: "Add the token to the CSMS." }),
  });
  return info;
}
