import { z } from "zod";
import { energyWh, type TransactionRecord } from "../services/transactionRules.ts";
import type { TransactionService } from "../services/transactions.ts";
import { Problem, type Route, route } from "./route.ts";
import { Transaction, TransactionDetail, TransactionParams, TransactionQuery } from "./schemas.ts";

export function transactionRoutes(transactions: TransactionService): Route[] {
  return [
    route(
      {
        ...{ method: "get", path: "/transactions", operationId: "listTransactions" },
        summary: "Transactions, in the order in which they were first heard of",
      },
      { query: TransactionQuery, answer: z.array(Transaction) },
      ({ query: { station } }) =>
        transactions
          .list()
          .filter(({ identity }) => station === undefined || identity === station)
          .map(transactionOf),
    ),
    route(
      {
        ...{ method: "get", path: "/transactions/{identity}/{transactionId}", operationId: "getTransaction" },
        ...{ summary: "A transaction with every message of it", problems: [404] },
      },
      { params: TransactionParams, answer: TransactionDetail },
      ({ params: { identity, transactionId } }) => {
        const record = transactions.find(identity, transactionId);
        if (!record) return new Problem(404, "there is no such transaction");
        return { ...transactionOf(record), messages: transactions.messages(identity, transactionId) };
      },
    ),
  ];
}

function transactionOf(record: TransactionRecord) {
  const { lastSeqNo: _seqNo, lastTimestamp: _time, meterStartWh: _start, meterEndWh: _end, ...told } = record;
  const energy = energyWh(record);
  return { ...told, problems: [...record.problems], ...(energy !== undefined && { energyWh: energy }) };
}
