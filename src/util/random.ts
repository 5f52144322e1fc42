/** Randomness as a port. */
import { randomBytes, randomUUID } from "node:crypto";

export interface Random {
  /** `count` octets. */
  bytes(count: number): Uint8Array;
  /** A version 4 UUID, 36 characters. */
  uuid(): string;
}

/** The operating system's CSPRNG; the only one that a running product may use. */
export const cryptoRandom: Random = {
  bytes: (count) => new Uint8Array(randomBytes(count)),
  uuid: () => randomUUID(),
};
