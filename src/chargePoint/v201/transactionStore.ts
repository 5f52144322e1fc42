/** Sessions on disk, so that a restart knows what was under way. */
import type { Database } from "../../util/database.ts";
import type { Session } from "./session.ts";

export const transactionSchema = `
CREATE TABLE session (evse_id INTEGER PRIMARY KEY, state TEXT NOT NULL, next_seq_no INTEGER NOT NULL)`;

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
}
