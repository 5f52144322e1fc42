/** What is said of a transaction's events, kept before they are answered and held against the rules. */
import type { StationContext } from "../context.ts";
import { energyWh, type TransactionRecord } from "../services/transactionRules.ts";
import type { TakenEvent } from "../services/transactions.ts";
import { printable } from "../services/words.ts";

/** @param rule that the station is held to. */
export function tellTransaction(
  { problems, record, repeated }: TakenEvent,
  context: StationContext,
  rule: string,
): void {
  for (const problem of problems) complain(problem, record, context, rule);
  if (record.endedAt !== undefined && !repeated) conclude(record, context, rule);
}

function complain(
  problem: string,
  { transactionId }: TransactionRecord,
  { identity, services }: StationContext,
  rule: string,
): void {
  services.reporter.decide({
    step: 6,
    station: identity,
    title: `transaction ${printable(transactionId)}: ${problem}`,
    outcome: "refused",
    rule,
  });
}

function conclude(record: TransactionRecord, { identity, services }: StationContext, rule: string): void {
  const { events, idToken, problems, stoppedReason, transactionId } = record;
  services.reporter.decide({
    step: 6,
    station: identity,
    title: `transaction ${printable(transactionId)} ended: ${energyWh(record) ?? "unknown"} Wh in ${events} events${
      problems.length === 0 ? ", complete and in order" : ""
    }`,
    outcome: problems.length === 0 ? "ok" : "refused",
    rule,
    detail: {
      ...(idToken && { idToken: printable(idToken.idToken) }),
      ...(stoppedReason && { stoppedReason }),
    },
  });
}
