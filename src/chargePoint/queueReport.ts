/** What a queue on disk holds, read beside a station that may be running. */
import { type Database, openToRead } from "../util/database.ts";
import { UserError } from "../util/errors.ts";

export interface QueueEntry {
  /** `deadLetter`: given up; it is kept, but never sent again. */
  readonly state: "waiting" | "deadLetter";
  /** Messages are sent in this order; it is never used twice. */
  readonly position: number;
  readonly action: string;
  readonly transactionId?: string;
  readonly payload: unknown;
  /** In milliseconds since 1970. */
  readonly queuedAt: number;
  readonly attempts: number;
  /** Why the last attempt came to nothing; of a dead letter, why it was given up. */
  readonly lastError?: string;
  readonly givenUpAt?: number;
}

export interface QueueReport {
  readonly ocpp: "1.6" | "2.0.1";
  /** Dead letters, then what waits, each in the order of their positions. */
  readonly entries: readonly QueueEntry[];
}

interface QueueRow {
  readonly position: number;
  readonly action: string;
  readonly payload: string;
  readonly transaction_id: string | null;
  readonly queued_at: number;
  readonly attempts: number;
  readonly last_error?: string | null;
  readonly given_up_at?: number;
  readonly reason?: string;
}

/** @throws UserError when there is no database of a charge point at `path`. */
export function readQueue(path: string): QueueReport {
  const database = openToRead(path);
  try {
    return {
      ocpp: versionOf(database, path),
      entries: [...rows(database, "dead_letter"), ...rows(database, "message")],
    };
  } finally {
    database.close();
  }
}

function versionOf(database: Database, file: string): QueueReport["ocpp"] {
  const tables = database.all<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'");
  const has = (...names: string[]) => names.every((name) => tables.some((table) => table.name === name));
  if (has("message", "dead_letter", "charging_transaction")) return "1.6";
  if (has("message", "dead_letter", "session")) return "2.0.1";
  throw new UserError("this is no database of a charge point", {
    file,
    expected: "cp.db below DatabasePath (OCPP 1.6) or CoreDatabasePath (2.0.1)",
    fix: "Name that file or its folder.",
  });
}

function rows(database: Database, table: "message" | "dead_letter"): QueueEntry[] {
  return database.all<QueueRow>(`SELECT * FROM ${table} ORDER BY position`).map((row) => {
    const lastError = row.reason ?? row.last_error ?? undefined;
    return {
      state: table === "message" ? "waiting" : "deadLetter",
      ...{ position: row.position, action: row.action },
      ...(row.transaction_id === null ? {} : { transactionId: row.transaction_id }),
      ...{ payload: JSON.parse(row.payload), queuedAt: row.queued_at, attempts: row.attempts },
      ...(lastError === undefined ? {} : { lastError }),
      ...(row.given_up_at === undefined ? {} : { givenUpAt: row.given_up_at }),
    };
  });
}
