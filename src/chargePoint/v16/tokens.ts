/** What the station knows of tags by itself: the cache of the CSMS's answers and the local list (OCPP 1.6, 3.5). */
import { readDateTime } from "../../ocpp/dateTime.ts";
import type { SendLocalListRequest } from "../../ocpp/v16/messages.generated.ts";
import type { IdTagInfo } from "../../ocpp/v16/types.ts";
import type { Clock } from "../../util/clock.ts";
import type { Database } from "../../util/database.ts";
import { type ListUpdate, TokenCache, TokenList, tokenKey } from "../tokenStore.ts";
import type { Configuration } from "./configuration/configuration.ts";

export class AuthCache {
  readonly #cache: TokenCache<IdTagInfo>;
  readonly #config: Configuration;

  constructor(database: Database, config: Configuration, clock: Clock) {
    this.#config = config;
    this.#cache = new TokenCache(
      database,
      clock,
      ({ expiryDate }) => expiryDate !== undefined && readDateTime(expiryDate) < clock.now(),
    );
  }

  get enabled(): boolean {
    return this.#config.value("AuthorizationCacheEnabled") === true;
  }

  /** What the CSMS said of the tag, unless that has expired. */
  lookUp(idTag: string): IdTagInfo | undefined {
    return this.#cache.lookUp(tokenKey(idTag));
  }

  /** Keeps an answer of the CSMS. */
  store(idTag: string, info: IdTagInfo): void {
    if (this.enabled) this.#cache.store(tokenKey(idTag), info);
  }

  clear(): void {
    this.#cache.clear();
  }
}

export class LocalList {
  readonly #list: TokenList<IdTagInfo>;

  constructor(database: Database) {
    this.#list = new TokenList(database);
  }

  get version(): number {
    return this.#list.version;
  }

  get size(): number {
    return this.#list.size;
  }

  lookUp(idTag: string): IdTagInfo | undefined {
    return this.#list.lookUp(tokenKey(idTag));
  }

  /** How many entries there would be after a request. */
  sizeAfter(request: SendLocalListRequest): number {
    return this.#list.sizeAfter(toUpdate(request));
  }

  /** Takes a full list or a difference; in that, an entry without information takes one off (5.15). */
  apply(request: SendLocalListRequest): "Accepted" | "Failed" | "VersionMismatch" {
    return this.#list.apply(toUpdate(request));
  }
}

function toUpdate({
  updateType,
  listVersion,
  localAuthorizationList = [],
}: SendLocalListRequest): ListUpdate<IdTagInfo> {
  const entries = localAuthorizationList.map(({ idTag, idTagInfo }) => ({
    key: tokenKey(idTag),
    ...(idTagInfo ? { info: idTagInfo } : {}),
  }));
  return { full: updateType === "Full", version: listVersion, entries };
}
