/** Sessions and the meter values of running transactions on disk, so that a restart knows what was under way. */
import type { MeterValueType } from "../../ocpp/v201/messages.generated.ts";
import type { Database } from "../../util/database.ts";
import type { Session } from "./session.ts";

export const transactionSchema = `
CREATE TABLE session (evse_id INTEGER PRIMARY KEY, state TEXT NOT NULL, next_seq_no INTEGER NOT NULL);
CREATE TABLE transaction_sample (transaction_id TEXT NOT NULL, value TEXT NOT NULL);
CREATE INDEX sample_of_transaction ON transaction_sample (transaction_id)`;

export interface StoredSession {
  readonly session: Session;
  /** The seqNo of the transaction's next message. */
  readonly nextSeqNo: number;
}

export class TransactionStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  load(): Map<number, StoredSession> {
    const rows = this.#database.all<{ evse_id: number; state: string; next_seq_no: number }>("SELECT * FROM session");
    return new Map(
      rows.map(({ evse_id, state, next_seq_no }) => [evse_id, { session: JSON.parse(state), nextSeqNo: next_seq_no }]),
    );
  }

  save(evseId: number, stored: StoredSession | undefined): void {
    if (!stored) {
      this.#database.run("DELETE FROM session WHERE evse_id = ?", evseId);
      return;
    }
    this.#database.run(
      `INSERT INTO session VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET state = excluded.state, next_seq_no = excluded.next_seq_no`,
      evseId,
      JSON.stringify(stored.session),
      stored.nextSeqNo,
    );
  }

  /** Keeps a value for the transaction's last message. */
  addSample(transactionId: string, value: MeterValueType): void {
    this.#database.run("INSERT INTO transaction_sample VALUES (?, ?)", transactionId, JSON.stringify(value));
  }

  /** All values kept, oldest first; they are gone afterwards. */
  takeSamples(transactionId: string): MeterValueType[] {
    const rows = this.#database.all<{ value: string }>(
      "SELECT value FROM transaction_sample WHERE transaction_id = ? ORDER BY rowid",
      transactionId,
    );
    this.#database.run("DELETE FROM transaction_sample WHERE transaction_id = ?", transactionId);
    return rows.map(({ value }) => JSON.parse(value));
  }
}
