/** Takes transactions in: each event once, on disk, with what is wrong with it. */
import type { Clock } from "../../util/clock.ts";
import type { TransactionStore } from "../store/transactions.ts";
import { applyEvent, repeatProblems, type TransactionEvent, type TransactionRecord } from "./transactionRules.ts";

export interface TakenEvent {
  readonly record: TransactionRecord;
  /** What is wrong with this event, in words. */
  readonly problems: readonly string[];
  /** It was here already. */
  readonly repeated: boolean;
}

/** In OCPP 1.6 events have no number: they are counted as they come, and known again by their content. */
export type UnnumberedEvent = Omit<TransactionEvent, "seqNo">;

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

  find(identity: string, transactionId: string): TransactionRecord | undefined {
    return this.#store.find(identity, transactionId);
  }

  /** The messages of a transaction as they came, by their numbers. */
  messages(identity: string, transactionId: string): object[] {
    return this.#store.messages(identity, transactionId);
  }

  /** The number of the transaction that begins with this message, the same one whenever it comes (OCPP 1.6, 4.8). */
  numberOf(identity: string, message: object): number {
    return this.#store.number(identity, JSON.stringify(message));
  }

  take(identity: string, event: TransactionEvent): TakenEvent {
    const before = this.#store.find(identity, event.transactionId);
    const known = before && this.#store.message(identity, event.transactionId, event.seqNo);
    if (before && known) return this.#repeated(before, repeatProblems(known, event.message, event.seqNo));
    return this.#add(identity, before, event);
  }

  takeUnnumbered(identity: string, event: UnnumberedEvent): TakenEvent {
    const before = this.#store.find(identity, event.transactionId);
    const known = before && this.#store.has(identity, event.transactionId, event.message);
    if (before && known) return this.#repeated(before, []);
    return this.#add(identity, before, { ...event, seqNo: before ? before.lastSeqNo + 1 : 0 });
  }

  #add(identity: string, before: TransactionRecord | undefined, event: TransactionEvent): TakenEvent {
    const record = applyEvent(identity, before, event);
    this.#store.add(event, record, this.#clock.now());
    return { record, problems: record.problems.slice(before?.problems.length ?? 0), repeated: false };
  }

  #repeated(before: TransactionRecord, problems: readonly string[]): TakenEvent {
    const record = { ...before, problems: [...before.problems, ...problems] };
    if (problems.length > 0) this.#store.save(record);
    return { record, problems, repeated: true };
  }
}
