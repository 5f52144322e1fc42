/** What the station knows of tokens by itself: the cache of the CSMS's answers (C10, C12) and the local list (C13, D). */
import { createHash } from "node:crypto";
import { readDateTime } from "../../ocpp/dateTime.ts";
import type {
  AuthorizationData,
  IdTokenInfoType,
  IdTokenType,
  SendLocalListRequest,
  SendLocalListStatusEnumType,
} from "../../ocpp/v201/messages.generated.ts";
import type { Clock } from "../../util/clock.ts";
import type { Database } from "../../util/database.ts";
import type { DeviceModel } from "../deviceModel/deviceModel.ts";

export const tokenSchema = `
CREATE TABLE auth_cache (token_key TEXT PRIMARY KEY, info TEXT NOT NULL, used_at INTEGER NOT NULL);
CREATE TABLE local_list (token_key TEXT PRIMARY KEY, info TEXT NOT NULL);
CREATE TABLE local_list_version (version INTEGER NOT NULL)`;

/** Tokens are compared without regard to case, eMAIDs also without their hyphens; only a hash of them is kept. */
function tokenKey({ idToken, type }: IdTokenType): string {
  const plain = type === "eMAID" ? idToken.replaceAll("-", "") : idToken;
  return createHash("sha256").update(`${type}:${plain.toUpperCase()}`).digest("hex");
}

export class AuthCache {
  readonly #database: Database;
  readonly #model: DeviceModel;
  readonly #clock: Clock;

  constructor(database: Database, model: DeviceModel, clock: Clock) {
    this.#database = database;
    this.#model = model;
    this.#clock = clock;
  }

  /** What the CSMS said of the token, unless that is too old (AuthCacheCtrlr.LifeTime, cacheExpiryDateTime). */
  lookUp(token: IdTokenType): IdTokenInfoType | undefined {
    const key = tokenKey(token);
    const row = this.#database.get<{ info: string; used_at: number }>(
      "SELECT info, used_at FROM auth_cache WHERE token_key = ?",
      key,
    );
    if (!row) return undefined;
    const info: IdTokenInfoType = JSON.parse(row.info);
    if (this.#tooOld(info, row.used_at)) {
      this.#database.run("DELETE FROM auth_cache WHERE token_key = ?", key);
      return undefined;
    }
    return info;
  }

  /** Keeps an answer of the CSMS, or notes that it was used; central tokens are never kept (C03.FR.02). */
  store(token: IdTokenType, info: IdTokenInfoType): void {
    if (token.type === "Central" || this.#model.value("AuthCacheCtrlr.Enabled") !== true) return;
    this.#database.run(
      `INSERT INTO auth_cache VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET info = excluded.info, used_at = excluded.used_at`,
      tokenKey(token),
      JSON.stringify(info),
      this.#clock.now(),
    );
  }

  clear(): void {
    this.#database.run("DELETE FROM auth_cache");
  }

  #tooOld({ cacheExpiryDateTime }: IdTokenInfoType, usedAt: number): boolean {
    const now = this.#clock.now();
    const lifeTime = this.#model.value("AuthCacheCtrlr.LifeTime");
    if (lifeTime !== undefined && usedAt + lifeTime * 1000 < now) return true;
    return cacheExpiryDateTime !== undefined && readDateTime(cacheExpiryDateTime) < now;
  }
}

export class LocalList {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** 0: there is no list (D02.FR.02). */
  get version(): number {
    return this.#database.get<{ version: number }>("SELECT version FROM local_list_version")?.version ?? 0;
  }

  get size(): number {
    return this.#database.get<{ size: number }>("SELECT count(*) AS size FROM local_list")?.size ?? 0;
  }

  lookUp(token: IdTokenType): IdTokenInfoType | undefined {
    const row = this.#database.get<{ info: string }>(
      "SELECT info FROM local_list WHERE token_key = ?",
      tokenKey(token),
    );
    return row && JSON.parse(row.info);
  }

  /** Takes a full list or a difference, as one step (D01). */
  apply({ updateType, versionNumber, localAuthorizationList }: SendLocalListRequest): SendLocalListStatusEnumType {
    const entries = localAuthorizationList ?? [];
    const full = updateType === "Full";
    if (versionNumber <= 0 || !sound(entries, full)) return "Failed";
    if (!full && versionNumber <= this.version) return "VersionMismatch";
    this.#database.atomically(() => {
      if (full) this.#database.run("DELETE FROM local_list");
      for (const entry of entries) this.#put(entry);
      this.#database.run("DELETE FROM local_list_version");
      this.#database.run("INSERT INTO local_list_version VALUES (?)", versionNumber);
    });
    return "Accepted";
  }

  /** An entry without information is taken off the list (D01.FR.17). */
  #put({ idToken, idTokenInfo }: AuthorizationData): void {
    const key = tokenKey(idToken);
    this.#database.run("DELETE FROM local_list WHERE token_key = ?", key);
    if (idTokenInfo) this.#database.run("INSERT INTO local_list VALUES (?, ?)", key, JSON.stringify(idTokenInfo));
  }
}

/** No token twice, and in a full list none without information. */
function sound(entries: readonly AuthorizationData[], full: boolean): boolean {
  const keys = new Set(entries.map(({ idToken }) => tokenKey(idToken)));
  return keys.size === entries.length && (!full || entries.every(({ idTokenInfo }) => idTokenInfo !== undefined));
}
