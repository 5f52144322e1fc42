/** What the station knows of tokens by itself, on disk: answers of the CSMS, and the list that the CSMS keeps here. */
import { createHash } from "node:crypto";
import type { Clock } from "../util/clock.ts";
import type { Database } from "../util/database.ts";

export const tokenSchema = `
CREATE TABLE auth_cache (token_key TEXT PRIMARY KEY, info TEXT NOT NULL, used_at INTEGER NOT NULL);
CREATE TABLE local_list (token_key TEXT PRIMARY KEY, info TEXT NOT NULL);
CREATE TABLE local_list_version (version INTEGER NOT NULL)`;

/** Tokens are compared without regard to case; only a hash of them is kept. */
export function tokenKey(text: string): string {
  return createHash("sha256").update(text.toUpperCase()).digest("hex");
}

/** @typeParam I what the version of OCPP says about a token. */
export class TokenCache<I extends object> {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #isStale: (info: I, usedAt: number) => boolean;

  /** @param isStale whether an entry is too old to be used; `usedAt` is when it was last stored, in milliseconds since 1970. */
  constructor(database: Database, clock: Clock, isStale: (info: I, usedAt: number) => boolean) {
    this.#database = database;
    this.#clock = clock;
    this.#isStale = isStale;
  }

  /** What the CSMS said of the token, unless that is too old. */
  lookUp(key: string): I | undefined {
    const row = this.#database.get<{ info: string; used_at: number }>(
      "SELECT info, used_at FROM auth_cache WHERE token_key = ?",
      key,
    );
    if (!row) return undefined;
    const info: I = JSON.parse(row.info);
    if (!this.#isStale(info, row.used_at)) return info;
    this.#database.run("DELETE FROM auth_cache WHERE token_key = ?", key);
    return undefined;
  }

  /** Keeps an answer of the CSMS, or notes that it was used. */
  store(key: string, info: I): void {
    this.#database.run(
      `INSERT INTO auth_cache VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET info = excluded.info, used_at = excluded.used_at`,
      key,
      JSON.stringify(info),
      this.#clock.now(),
    );
  }

  forget(key: string): void {
    this.#database.run("DELETE FROM auth_cache WHERE token_key = ?", key);
  }

  clear(): void {
    this.#database.run("DELETE FROM auth_cache");
  }
}

/** An entry without information is taken off a list. */
export interface ListEntry<I> {
  readonly key: string;
  readonly info?: I;
}

/** A list of the CSMS's, or a difference to the one that is here. */
export interface ListUpdate<I> {
  readonly full: boolean;
  readonly version: number;
  readonly entries: readonly ListEntry<I>[];
}

/** @typeParam I as in {@link TokenCache}. */
export class TokenList<I extends object> {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** 0: there is no list. */
  get version(): number {
    return this.#database.get<{ version: number }>("SELECT version FROM local_list_version")?.version ?? 0;
  }

  get size(): number {
    return this.#database.get<{ size: number }>("SELECT count(*) AS size FROM local_list")?.size ?? 0;
  }

  lookUp(key: string): I | undefined {
    const row = this.#database.get<{ info: string }>("SELECT info FROM local_list WHERE token_key = ?", key);
    return row && JSON.parse(row.info);
  }

  /** How many entries there would be after an update. */
  sizeAfter({ full, entries }: ListUpdate<I>): number {
    const size = full ? 0 : this.size;
    const has = ({ key }: ListEntry<I>) => !full && this.lookUp(key) !== undefined;
    return entries.reduce((sum, entry) => sum + Number(entry.info !== undefined) - Number(has(entry)), size);
  }

  /** Takes a full list or a difference, as one step (OCPP 2.0.1 D01; OCPP 1.6 5.15). */
  apply(update: ListUpdate<I>): "Accepted" | "Failed" | "VersionMismatch" {
    const { full, version, entries } = update;
    if (!sound(update)) return "Failed";
    if (!full && version <= this.version) return "VersionMismatch";
    this.#database.atomically(() => {
      if (full) this.#database.run("DELETE FROM local_list");
      for (const entry of entries) this.#put(entry);
      this.#database.run("DELETE FROM local_list_version");
      this.#database.run("INSERT INTO local_list_version VALUES (?)", version);
    });
    return "Accepted";
  }

  #put({ key, info }: ListEntry<I>): void {
    this.#database.run("DELETE FROM local_list WHERE token_key = ?", key);
    if (info) this.#database.run("INSERT INTO local_list VALUES (?, ?)", key, JSON.stringify(info));
  }
}

/** No token twice, and in a full list none without information. */
function sound<I>({ full, entries }: ListUpdate<I>): boolean {
  const keys = new Set(entries.map(({ key }) => key));
  return keys.size === entries.length && (!full || entries.every(({ info }) => info !== undefined));
}
