/** Transactions and every event of them, as they came. */
import type { Database } from "../../util/database.ts";
import type { TransactionEvent, TransactionRecord } from "../services/transactionRules.ts";

export class TransactionStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** In the order in which they were first heard of. */
  list(): TransactionRecord[] {
    const rows = this.#database.all<{ state: string }>("SELECT state FROM tx ORDER BY rowid");
    return rows.map(({ state }) => JSON.parse(state));
  }

  find(identity: string, transactionId: string): TransactionRecord | undefined {
    const row = this.#database.get<{ state: string }>(
      "SELECT state FROM tx WHERE identity = ? AND transaction_id = ?",
      identity,
      transactionId,
    );
    return row && JSON.parse(row.state);
  }

  /** The messages of a transaction by their numbers. */
  messages(identity: string, transactionId: string): object[] {
    const rows = this.#database.all<{ content: string }>(
      "SELECT content FROM tx_event WHERE identity = ? AND transaction_id = ? ORDER BY seq_no",
      identity,
      transactionId,
    );
    return rows.map(({ content }) => JSON.parse(content));
  }

  message(identity: string, transactionId: string, seqNo: number): object | undefined {
    const row = this.#database.get<{ content: string }>(
      "SELECT content FROM tx_event WHERE identity = ? AND transaction_id = ? AND seq_no = ?",
      identity,
      transactionId,
      seqNo,
    );
    return row && JSON.parse(row.content);
  }

  /** Whether the very same message has come. */
  has(identity: string, transactionId: string, message: object): boolean {
    const sql = "SELECT 1 FROM tx_event WHERE identity = ? AND transaction_id = ? AND content = ?";
    return this.#database.get(sql, identity, transactionId, JSON.stringify(message)) !== undefined;
  }

  /** A number for the content, the same one for the same content; never one that another station has. */
  number(identity: string, content: string): number {
    const known = () =>
      this.#database.get<{ id: number }>(
        "SELECT id FROM tx_number WHERE identity = ? AND content = ?",
        identity,
        content,
      )?.id;
    return this.#database.atomically(() => {
      if (known() === undefined) {
        this.#database.run("INSERT INTO tx_number (identity, content) VALUES (?, ?)", identity, content);
      }
      return known() ?? 0;
    });
  }

  /** Event and new state in one step, on disk when this returns. */
  add(event: TransactionEvent, state: TransactionRecord, time: number): void {
    const { identity, transactionId } = state;
    this.#database.atomically(() => {
      this.#database.run(
        "INSERT INTO tx_event (identity, transaction_id, seq_no, received_at, content) VALUES (?, ?, ?, ?, ?)",
        identity,
        transactionId,
        event.seqNo,
        time,
        JSON.stringify(event.message),
      );
      this.save(state);
    });
  }

  save(state: TransactionRecord): void {
    this.#database.run(
      `INSERT INTO tx (identity, transaction_id, state) VALUES (?1, ?2, ?3)
       ON CONFLICT DO UPDATE SET state = ?3`,
      state.identity,
      state.transactionId,
      JSON.stringify(state),
    );
  }
}
