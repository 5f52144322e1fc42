/** What the station knows of tokens by itself: the cache of the CSMS's answers (C10, C12) and the local list (C13, D). */
import { readDateTime } from "../../ocpp/dateTime.ts";
import type {
  IdTokenInfoType,
  IdTokenType,
  SendLocalListRequest,
  SendLocalListStatusEnumType,
} from "../../ocpp/v201/messages.generated.ts";
import type { Clock } from "../../util/clock.ts";
import type { Database } from "../../util/database.ts";
import type { DeviceModel } from "../deviceModel/deviceModel.ts";
import { TokenCache, TokenList, tokenKey } from "../tokenStore.ts";

/** eMAIDs are the same with and without their hyphens. */
function keyOf({ idToken, type }: IdTokenType): string {
  return tokenKey(`${type}:${type === "eMAID" ? idToken.replaceAll("-", "") : idToken}`);
}

export class AuthCache {
  readonly #cache: TokenCache<IdTokenInfoType>;
  readonly #model: DeviceModel;

  constructor(database: Database, model: DeviceModel, clock: Clock) {
    this.#model = model;
    this.#cache = new TokenCache(database, clock, ({ cacheExpiryDateTime }, usedAt) => {
      const lifeTime = model.value("AuthCacheCtrlr.LifeTime");
      if (lifeTime !== undefined && usedAt + lifeTime * 1000 < clock.now()) return true;
      return cacheExpiryDateTime !== undefined && readDateTime(cacheExpiryDateTime) < clock.now();
    });
  }

  /** What the CSMS said of the token, unless that is too old (AuthCacheCtrlr.LifeTime, cacheExpiryDateTime). */
  lookUp(token: IdTokenType): IdTokenInfoType | undefined {
    return this.#cache.lookUp(keyOf(token));
  }

  /** Keeps an answer of the CSMS, or notes that it was used; central tokens are never kept (C03.FR.02). */
  store(token: IdTokenType, info: IdTokenInfoType): void {
    if (token.type === "Central" || this.#model.value("AuthCacheCtrlr.Enabled") !== true) return;
    this.#cache.store(keyOf(token), info);
  }

  forget(token: IdTokenType): void {
    this.#cache.forget(keyOf(token));
  }

  clear(): void {
    this.#cache.clear();
  }
}

export class LocalList {
  readonly #list: TokenList<IdTokenInfoType>;

  constructor(database: Database) {
    this.#list = new TokenList(database);
  }

  /** 0: there is no list (D02.FR.02). */
  get version(): number {
    return this.#list.version;
  }

  get size(): number {
    return this.#list.size;
  }

  lookUp(token: IdTokenType): IdTokenInfoType | undefined {
    return this.#list.lookUp(keyOf(token));
  }

  /** Takes a full list or a difference; in that, an entry without information takes one off (D01.FR.17). */
  apply({ updateType, versionNumber, localAuthorizationList = [] }: SendLocalListRequest): SendLocalListStatusEnumType {
    if (versionNumber <= 0) return "Failed";
    const entries = localAuthorizationList.map(({ idToken, idTokenInfo }) => ({
      key: keyOf(idToken),
      ...(idTokenInfo ? { info: idTokenInfo } : {}),
    }));
    return this.#list.apply({ full: updateType === "Full", version: versionNumber, entries });
  }
}
