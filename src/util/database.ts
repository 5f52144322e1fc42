/** SQLite for what must survive: durable, synchronous, one file a database. */
import { closeSync, openSync } from "node:fs";
import { DatabaseSync, type StatementSyncInstance } from "@photostructure/sqlite";
import { UserError } from "./errors.ts";

export type SqlValue = string | number | null;

export interface Database {
  run(sql: string, ...values: SqlValue[]): void;
  all<T>(sql: string, ...values: SqlValue[]): T[];
  get<T>(sql: string, ...values: SqlValue[]): T | undefined;
  /** Runs `work` as one step: all of it is on disk afterwards, or none of it. May be nested. */
  atomically<T>(work: () => T): T;
  close(): void;
}

/**
 * Opens or creates the database at `path` and brings it up to date.
 *
 * @param path a file name, or `:memory:`.
 * @param migrations SQL scripts; those beyond the file's `user_version` are run, each as one step.
 * @throws UserError when the file cannot be opened, is no database or was written by a newer version.
 */
export function openDatabase(path: string, migrations: readonly string[]): Database {
  try {
    // SQLite gives its side files the mode of the database, which holds passwords and tokens.
    if (path !== ":memory:") closeSync(openSync(path, "a", 0o600));
    const connection = new DatabaseSync(path, { timeout: 5000 });
    // With WAL and FULL a committed step survives a kill at any point and a loss of power.
    connection.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
    const database = wrap(connection);
    migrate(database, connection, migrations);
    return database;
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`the database cannot be used: ${error instanceof Error ? error.message : error}`, {
      file: path,
      fix: "Make the folder writable, or move a damaged file away: a new one is made.",
    });
  }
}

/**
 * Opens a database that another process may have open, to look at it only.
 *
 * @throws UserError when there is none, or it cannot be read.
 */
export function openToRead(path: string): Database {
  try {
    const database = wrap(new DatabaseSync(path, { readOnly: true, timeout: 5000 }));
    // A file is read only when it is asked something.
    database.get("PRAGMA schema_version");
    return database;
  } catch (error) {
    throw new UserError(`the database cannot be read: ${error instanceof Error ? error.message : error}`, {
      file: path,
      fix: "Name a database that a station has written.",
    });
  }
}

type Connection = InstanceType<typeof DatabaseSync>;

function wrap(connection: Connection): Database {
  const statements = new Map<string, StatementSyncInstance>();
  const prepared = (sql: string) => {
    const known = statements.get(sql) ?? connection.prepare(sql);
    statements.set(sql, known);
    return known;
  };
  let depth = 0;
  return {
    run: (sql, ...values) => void prepared(sql).run(...values),
    all: <T>(sql: string, ...values: SqlValue[]) => prepared(sql).all(...values) as T[],
    get: <T>(sql: string, ...values: SqlValue[]) => prepared(sql).get(...values) as T | undefined,
    atomically(work) {
      if (depth > 0) return work();
      connection.exec("BEGIN IMMEDIATE");
      depth++;
      try {
        const result = work();
        connection.exec("COMMIT");
        return result;
      } catch (error) {
        connection.exec("ROLLBACK");
        throw error;
      } finally {
        depth--;
      }
    },
    close: () => connection.close(),
  };
}

function migrate(database: Database, connection: Connection, migrations: readonly string[]): void {
  const version = database.get<{ user_version: number }>("PRAGMA user_version")?.user_version ?? 0;
  if (version > migrations.length) {
    throw new UserError(`the database has version ${version}, newer than ${migrations.length}, the newest known here`, {
      fix: "Use the version of plugcharge that wrote it, or move the file away: a new one is made.",
    });
  }
  migrations.slice(version).forEach((script, index) => {
    database.atomically(() => connection.exec(`${script}; PRAGMA user_version = ${version + index + 1}`));
  });
}
