/** Who may use the clearing house by HTTP: clients with a secret get a token for an hour (OAuth 2.0, RFC 6749, 4.4). */
import { createHash } from "node:crypto";
import { equalBytes, toHex } from "../../util/bytes.ts";
import type { Clock } from "../../util/clock.ts";
import type { Random } from "../../util/random.ts";

export interface ApiClient {
  readonly id: string;
  readonly secret: string;
}

/** Seconds. */
export const TOKEN_LIFETIME = 3600;
const TOKEN_LENGTH = 32;
/** Who asks for more than this in an hour loses the oldest. */
const MAX_TOKENS = 1000;

export class AccessTokens {
  readonly #clients: readonly ApiClient[];
  readonly #clock: Clock;
  readonly #random: Random;
  /** When each ends, by the token's digest: a look-up by the token itself would tell by its time. */
  readonly #ends = new Map<string, number>();

  constructor(clients: readonly ApiClient[], clock: Clock, random: Random) {
    this.#clients = clients;
    this.#clock = clock;
    this.#random = random;
  }

  /** Undefined for whoever does not know the secret. */
  issue(id: string, secret: string): string | undefined {
    const matching = this.#clients.filter((client) => equalBytes(digest(client.secret), digest(secret)));
    if (!matching.some((client) => client.id === id)) return undefined;
    const token = toHex(this.#random.bytes(TOKEN_LENGTH));
    const [oldest] = this.#ends.keys();
    if (this.#ends.size >= MAX_TOKENS && oldest !== undefined) this.#ends.delete(oldest);
    this.#ends.set(toHex(digest(token)), this.#clock.now() + TOKEN_LIFETIME * 1000);
    return token;
  }

  isGood(token: string): boolean {
    const end = this.#ends.get(toHex(digest(token)));
    return end !== undefined && this.#clock.now() < end;
  }
}

function digest(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}
