/** May this token charge? RFID cards and the like, and eMAIDs whose certificate is not in question. */

import { isEmaid } from "../../iso15118/emaid.ts";
import type { IdTokenInfoType } from "../../ocpp/v201/messages.generated.ts";
import { type Clock, isoTime } from "../../util/clock.ts";
import type { AccountStore } from "../store/accounts.ts";
import type { Token } from "./transactionRules.ts";

export interface TokenVerdict {
  readonly info: IdTokenInfoType;
  /** A sentence without a full stop. */
  readonly reason: string;
}

export class TokenService {
  readonly #accounts: AccountStore;
  readonly #clock: Clock;

  constructor(accounts: AccountStore, clock: Clock) {
    this.#accounts = accounts;
    this.#clock = clock;
  }

  /** Without a type, as in OCPP 1.6, one of any type is meant, or a contract. */
  check({ idToken, type }: Token): TokenVerdict {
    if (type === "NoAuthorization")
      return { info: { status: "Accepted" }, reason: "charging is free of authorization" };
    if (type === "eMAID") return this.#contract(idToken);
    const account = this.#accounts.token(idToken, type);
    if (!account && type === undefined && isEmaid(idToken)) return this.#contract(idToken);
    if (!account) return { info: { status: "Unknown" }, reason: "the token is not known" };
    const { expiresAt, groupIdToken, status = "Accepted" } = account;
    const expired = expiresAt !== undefined && expiresAt <= this.#clock.now();
    return {
      info: {
        status: status === "Accepted" && expired ? "Expired" : status,
        ...(expiresAt !== undefined && { cacheExpiryDateTime: isoTime(expiresAt) }),
        ...(groupIdToken && { groupIdToken }),
      },
      reason: expired ? "the token has expired" : `the token is ${status}`,
    };
  }

  #contract(emaid: string): TokenVerdict {
    const status = this.#accounts.contract(emaid) ?? "Unknown";
    return {
      info: { status },
      reason: status === "Unknown" ? "there is no such contract" : `the contract is ${status}`,
    };
  }
}
