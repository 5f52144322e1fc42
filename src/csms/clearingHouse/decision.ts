import type { Decision } from "../report.ts";
import type { ContractAnswer } from "./answer.ts";

/** An answer about a contract, for the timeline. @param rule by which it was asked. */
export function contractDecision(
  answer: ContractAnswer,
  rule: string,
  { station }: Pick<Decision, "station">,
): Decision {
  const { title, fix } = answer;
  const ResponseCode = answer.status === "Accepted" ? answer.ResponseCode : undefined;
  return {
    step: 2,
    station,
    title,
    outcome: ResponseCode === "OK" ? "ok" : "refused",
    rule,
    ...(fix !== undefined && { fix }),
    ...(ResponseCode !== undefined && { detail: { ResponseCode } }),
  };
}
