/** Transactions on disk, from their start until the CSMS has their end; so a restart knows what was under way and what it is called. */
import type { Database } from "../../util/database.ts";

export const transactionSchema = `
CREATE TABLE charging_transaction (
  session_id TEXT PRIMARY KEY,
  connector_id INTEGER NOT NULL,
  internal_id INTEGER NOT NULL,
  transaction_id INTEGER,
  id_tag TEXT NOT NULL,
  started_at TEXT NOT NULL,
  meter_last INTEGER NOT NULL,
  meter_last_at TEXT NOT NULL,
  running INTEGER NOT NULL DEFAULT 1
)`;

export interface Transaction {
  /** EVerest's. */
  readonly sessionId: string;
  readonly connectorId: number;
  /** Stands for the CSMS's id while that is not known; below 0, which no CSMS gives. */
  readonly internalId: number;
  /** The CSMS's, from StartTransaction.conf. */
  readonly transactionId?: number;
  readonly idTag: string;
  /** RFC 3339 */
  readonly startedAt: string;
  /** The latest reading that was noted, in Wh, and when. */
  readonly meterLast: number;
  readonly meterLastAt: string;
}

interface Row {
  readonly session_id: string;
  readonly connector_id: number;
  readonly internal_id: number;
  readonly transaction_id: number | null;
  readonly id_tag: string;
  readonly started_at: string;
  readonly meter_last: number;
  readonly meter_last_at: string;
}

export class TransactionStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  add({ sessionId, connectorId, internalId, idTag, startedAt, meterLast, meterLastAt }: Transaction): void {
    this.#database.run(
      `INSERT INTO charging_transaction
       (session_id, connector_id, internal_id, id_tag, started_at, meter_last, meter_last_at)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      ...[sessionId, connectorId, internalId, idTag, startedAt, meterLast, meterLastAt],
    );
  }

  get(sessionId: string): Transaction | undefined {
    const row = this.#database.get<Row>("SELECT * FROM charging_transaction WHERE session_id = ?", sessionId);
    return row && toTransaction(row);
  }

  /** Those that have not ended. */
  running(): Transaction[] {
    return this.#database
      .all<Row>("SELECT * FROM charging_transaction WHERE running = 1 ORDER BY connector_id")
      .map(toTransaction);
  }

  /** The CSMS has given it a number. */
  name(sessionId: string, transactionId: number): void {
    this.#database.run(
      "UPDATE charging_transaction SET transaction_id = ? WHERE session_id = ?",
      transactionId,
      sessionId,
    );
  }

  note(sessionId: string, meter: number, at: string): void {
    this.#database.run(
      "UPDATE charging_transaction SET meter_last = ?, meter_last_at = ? WHERE session_id = ?",
      ...[meter, at, sessionId],
    );
  }

  end(sessionId: string): void {
    this.#database.run("UPDATE charging_transaction SET running = 0 WHERE session_id = ?", sessionId);
  }

  /** The CSMS has all of it. */
  forget(sessionId: string): void {
    this.#database.run("DELETE FROM charging_transaction WHERE session_id = ?", sessionId);
  }
}

function toTransaction(row: Row): Transaction {
  return {
    sessionId: row.session_id,
    connectorId: row.connector_id,
    internalId: row.internal_id,
    ...(row.transaction_id === null ? {} : { transactionId: row.transaction_id }),
    idTag: row.id_tag,
    startedAt: row.started_at,
    meterLast: row.meter_last,
    meterLastAt: row.meter_last_at,
  };
}
