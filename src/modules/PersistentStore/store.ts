/** Values under keys, in the table that EVerest's PersistentStore has. */
import type { Database } from "../../util/database.ts";
import { UserError } from "../../util/errors.ts";
import { own } from "../../util/own.ts";

export const migrations = ["CREATE TABLE IF NOT EXISTS KVS (KEY TEXT UNIQUE, VALUE TEXT, TYPE TEXT)"];

const isObject = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);

/** @throws SyntaxError for what is no such value. */
function parsed(text: string, isRight: (value: unknown) => boolean): unknown {
  const value: unknown = JSON.parse(text);
  if (isRight(value)) return value;
  throw new SyntaxError("another type than was written down");
}

/** EVerest's names of types (C++), and how values of them are written. */
const types: Readonly<Record<string, { is(value: unknown): boolean; read(text: string): unknown }>> = {
  nullptr_t: { is: (value) => value === null, read: () => null },
  bool: { is: (value) => typeof value === "boolean", read: (text) => text === "true" },
  "std::string": { is: (value) => typeof value === "string", read: (text) => text },
  // A C++ int has 32 bits.
  int: { is: (value) => Number.isInteger(value) && (Number(value) | 0) === value, read: Number },
  double: { is: (value) => typeof value === "number", read: Number },
  Array: { is: Array.isArray, read: (text) => parsed(text, Array.isArray) },
  Object: { is: () => true, read: (text) => parsed(text, isObject) },
};

interface Row {
  readonly VALUE: string | null;
  readonly TYPE: string | null;
}

export class Store {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  store(key: string, value: unknown): void {
    const [type] = Object.entries(types).find(([, { is }]) => is(value)) ?? ["nullptr_t"];
    this.#database.run("INSERT OR REPLACE INTO KVS (KEY, VALUE, TYPE) VALUES (?, ?, ?)", key, written(value), type);
  }

  /** Null for a key that there is not. @throws UserError for a value that somebody else has written wrongly. */
  load(key: string): unknown {
    const row = this.#database.get<Row>("SELECT VALUE, TYPE FROM KVS WHERE KEY = ?", key);
    const type = row?.TYPE ? own(types, row.TYPE) : undefined;
    if (!type || row?.VALUE === null || row === undefined) return null;
    try {
      return type.read(row.VALUE);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw new UserError(`the value of '${key}' in the database is no ${row.TYPE}`, { fix: "Store it anew." });
    }
  }

  remove(key: string): void {
    this.#database.run("DELETE FROM KVS WHERE KEY = ?", key);
  }

  exists(key: string): boolean {
    return this.#database.get("SELECT KEY FROM KVS WHERE KEY = ?", key) !== undefined;
  }
}

function written(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
