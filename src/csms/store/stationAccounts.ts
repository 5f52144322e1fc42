/** Stations that may connect, and how each proves who it is; a password only by its digest. */
import { createHash } from "node:crypto";
import { fromHex, toHex } from "../../util/bytes.ts";
import type { Database } from "../../util/database.ts";
import type { Random } from "../../util/random.ts";
import type { StationAccount } from "../options.ts";

export interface Secret {
  readonly salt: Uint8Array;
  readonly digest: Uint8Array;
}

/** An account without its password. */
export interface KnownStation extends Pick<StationAccount, "identity" | "profile"> {
  readonly secret?: Secret;
}

interface AccountRow {
  readonly identity: string;
  readonly profile: StationAccount["profile"];
  readonly salt: string | null;
  readonly digest: string | null;
}

const SALT_LENGTH = 16;

/** Of one length whatever the password is, so that a comparison tells nothing. OCPP's passwords are random, of 16 characters and more: nobody guesses them by a dictionary. */
export function digestOf(password: Uint8Array, salt: Uint8Array): Uint8Array {
  return createHash("sha256").update(salt).update(password).digest();
}

export function sealed({ identity, profile, password }: StationAccount, random: Random): KnownStation {
  if (password === undefined) return { identity, profile };
  const salt = random.bytes(SALT_LENGTH);
  return { identity, profile, secret: { salt, digest: digestOf(Buffer.from(password), salt) } };
}

export class StationAccounts {
  readonly #database: Database;
  readonly #random: Random;

  constructor(database: Database, random: Random) {
    this.#database = database;
    this.#random = random;
  }

  list(): KnownStation[] {
    return this.#database.all<AccountRow>("SELECT * FROM station_account ORDER BY identity").map(known);
  }

  find(identity: string): KnownStation | undefined {
    const row = this.#database.get<AccountRow>("SELECT * FROM station_account WHERE identity = ?", identity);
    return row && known(row);
  }

  /** Adds it, or changes the one that is there. */
  set(account: StationAccount): void {
    const { identity, profile, secret } = sealed(account, this.#random);
    this.#database.run(
      "INSERT OR REPLACE INTO station_account (identity, profile, salt, digest) VALUES (?, ?, ?, ?)",
      identity,
      profile,
      secret ? toHex(secret.salt) : null,
      secret ? toHex(secret.digest) : null,
    );
  }

  /** @returns whether there was one. */
  remove(identity: string): boolean {
    const there = this.find(identity) !== undefined;
    this.#database.run("DELETE FROM station_account WHERE identity = ?", identity);
    return there;
  }
}

function known({ identity, profile, salt, digest }: AccountRow): KnownStation {
  const secret = salt !== null && digest !== null ? { salt: fromHex(salt), digest: fromHex(digest) } : undefined;
  return { identity, profile, ...(secret && { secret }) };
}
