/** Takes transactions in: each event once, on disk, with what is wrong with it. */
import type { TransactionEventRequest } from "../../ocpp/v201/messages.generated.ts";
import type { Clock } from "../../util/clock.ts";
import type { TransactionStore } from "../store/transactions.ts";
import { applyEvent, repeatProblems, type TransactionRecord } from "./transactionRules.ts";

export interface TakenEvent {
  readonly record: TransactionRecord;
  /** What is wrong with this event, in words. */
  readonly problems: readonly string[];
  /** It was here already. */
  readonly repeated: boolean;
}

export class TransactionService {
  readonly #store: TransactionStore;
  readonly #clock: Clock;

  constructor(store: TransactionStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  list(): TransactionRecord[] {
    return this.#store.list();
  }

  take(identity: string, event: TransactionEventRequest): TakenEvent {
    const { transactionId } = event.transactionInfo;
    const before = this.#store.find(identity, transactionId);
    const known = before && this.#store.event(identity, transactionId, event.seqNo);
    if (before && known) return this.#repeated(before, known, event);
    const record = applyEvent(identity, before, event);
    this.#store.add(event, record, this.#clock.now());
    return { record, problems: record.problems.slice(before?.problems.length ?? 0), repeated: false };
  }

  #repeated(before: TransactionRecord, known: TransactionEventRequest, again: TransactionEventRequest): TakenEvent {
    const problems = repeatProblems(known, again);
    const record = { ...before, problems: [...before.problems, ...problems] };
    if (problems.length > 0) this.#store.save(record);
    return { record, problems, repeated: true };
  }
}
