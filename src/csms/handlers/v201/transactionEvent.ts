import type { TransactionEventRequest } from "../../../ocpp/v201/messages.generated.ts";
import type { Handler, StationContext } from "../../context.ts";
import { energyWh, type TransactionRecord } from "../../services/transactionRules.ts";
import { printable } from "../../services/words.ts";

/** E01 to E06: kept before it is answered, and held against the rules. */
export const transactionEvent: Handler<"TransactionEvent"> = (request, context) => {
  const { identity, services } = context;
  const { problems, record, repeated } = services.transactions.take(identity, request);
  for (const problem of problems) complain(problem, record, context);
  if (request.eventType === "Ended" && !repeated) conclude(record, context);
  return { ...tokenInfo(request, context) };
};

/** C01.FR.17: whoever is named gets an answer. */
function tokenInfo({ idToken }: TransactionEventRequest, { services }: StationContext) {
  return idToken && { idTokenInfo: services.tokens.check(idToken).info };
}

function complain(problem: string, { transactionId }: TransactionRecord, { identity, services }: StationContext): void {
  services.reporter.decide({
    step: 6,
    station: identity,
    title: `transaction ${printable(transactionId)}: ${problem}`,
    outcome: "refused",
    rule: "OCPP 2.0.1 E01 to E06",
  });
}

function conclude(record: TransactionRecord, { identity, services }: StationContext): void {
  const { events, idToken, problems, stoppedReason, transactionId } = record;
  services.reporter.decide({
    step: 6,
    station: identity,
    title: `transaction ${printable(transactionId)} ended: ${energyWh(record) ?? "unknown"} Wh in ${events} events${
      problems.length === 0 ? ", complete and in order" : ""
    }`,
    outcome: problems.length === 0 ? "ok" : "refused",
    rule: "OCPP 2.0.1 E01 to E06",
    detail: {
      ...(idToken && { idToken: printable(idToken.idToken) }),
      ...(stoppedReason && { stoppedReason }),
    },
  });
}
