/** What is said about a token, in whichever version of OCPP: to the station, and on the timeline. */
import type { ValidationResult } from "../interfaces/types/authorization.ts";
import { readDateTime } from "../ocpp/dateTime.ts";
import type { AuthorizeResponse } from "../ocpp/v201/messages.generated.ts";
import { isoTime } from "../util/clock.ts";
import type { Tracer } from "../util/trace.ts";
import type { Words } from "./answers.ts";
import type { Decision } from "./decisionTable.ts";

/** In the words of 2.0.1, which are those of EVerest too. */
export type TokenAnswer = Pick<AuthorizeResponse, "idTokenInfo" | "certificateStatus">;

export function answered({
  status,
  certificateStatus,
}: AuthorizeResponse["idTokenInfo"] & Pick<TokenAnswer, "certificateStatus">): TokenAnswer {
  return { idTokenInfo: { status }, ...(certificateStatus ? { certificateStatus } : {}) };
}

interface Explained<F extends object, O> {
  readonly rule: string;
  readonly decision: Decision<F, O>;
  readonly idToken: string;
  /** Undefined while it is open. */
  readonly status: string | undefined;
}

/** Puts a decision about a token on the timeline: the row that fits, the facts looked at, and what to change for another outcome. */
export function explain<F extends object, O>(
  trace: Tracer,
  { rule, decision, idToken, status }: Explained<F, O>,
): void {
  const { row, facts } = decision;
  trace.add({
    ...{ step: 4, kind: "decision", from: "OCPP", title: row.because, rule: `${rule}, ${row.id}` },
    ...(status === undefined ? {} : { outcome: status === "Accepted" ? "ok" : "refused" }),
    ...(row.fix && status !== "Accepted" ? { fix: row.fix } : {}),
    detail: { idToken, ...(status === undefined ? {} : { status }), ...(facts as Record<string, string | boolean>) },
  });
}

/** What the CSMS has answered. */
export function tellAnswer(
  trace: Tracer,
  rule: string,
  idToken: string,
  status: string,
  { because, fix }: Words,
): void {
  trace.add({
    ...{ step: 4, kind: "decision", from: "OCPP", title: because, rule },
    outcome: status === "Accepted" ? "ok" : "refused",
    ...(fix ? { fix } : {}),
    detail: { idToken, status },
  });
}

/** That it has answered nothing that can be used. */
export function tellUnanswered(trace: Tracer, rule: string, idToken: string, reason: string): void {
  trace.add({
    ...{ step: 4, kind: "decision", from: "OCPP", outcome: "refused", rule },
    title: `no answer about ${idToken}: ${reason}`,
    fix: "Look at the CSMS's log, and at the connection to it.",
  });
}

export function toValidationResult({ idTokenInfo, certificateStatus }: TokenAnswer): ValidationResult {
  const { status, cacheExpiryDateTime, groupIdToken, evseId, personalMessage } = idTokenInfo;
  return {
    authorization_status: status,
    ...(certificateStatus ? { certificate_status: certificateStatus } : {}),
    tariff_messages: personalMessage ? [{ content: personalMessage.content, format: personalMessage.format }] : [],
    ...(cacheExpiryDateTime === undefined ? {} : { expiry_time: isoTime(readDateTime(cacheExpiryDateTime)) }),
    ...(groupIdToken ? { parent_id_token: { value: groupIdToken.idToken, type: groupIdToken.type } } : {}),
    ...(evseId ? { evse_ids: evseId } : {}),
  };
}
