/** Meter values of running transactions, kept on disk for their last message. */
import type { Database } from "../util/database.ts";

export const sampleSchema = `
CREATE TABLE transaction_sample (transaction_id TEXT NOT NULL, value TEXT NOT NULL);
CREATE INDEX sample_of_transaction ON transaction_sample (transaction_id)`;

/** @typeParam V a meter value as the version of OCPP writes it. */
export class Samples<V extends object> {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  add(transactionId: string, value: V): void {
    this.#database.run("INSERT INTO transaction_sample VALUES (?, ?)", transactionId, JSON.stringify(value));
  }

  /** All values kept, oldest first, as many as fit into `room` bytes of JSON; they are gone afterwards. */
  take(transactionId: string, room: number): V[] {
    const rows = this.#database.all<{ value: string }>(
      "SELECT value FROM transaction_sample WHERE transaction_id = ? ORDER BY rowid",
      transactionId,
    );
    this.#database.run("DELETE FROM transaction_sample WHERE transaction_id = ?", transactionId);
    const values: V[] = rows.map(({ value }) => JSON.parse(value));
    const size = Buffer.byteLength(JSON.stringify(values));
    return size <= room ? values : thinOut(values, Math.floor((values.length * room) / size));
  }
}

/** Leaves out every other intermediate value until at most `limit` are left; the first and the last always stay (OCPP 2.0.1 E06, J02). */
export function thinOut<T>(values: readonly T[], limit: number): T[] {
  let kept = [...values];
  while (kept.length > Math.max(2, limit)) {
    const last = kept.length - 1;
    kept = kept.filter((_, index) => index === 0 || index === last || index % 2 === 0);
  }
  return kept;
}
