/** Golden EXI cut short at every single bit (A24): an error, or what these octets are, but nothing from beyond their end. */

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { AnySet } from "../../src/exi/schema.ts";
import { fromHex } from "../../src/util/bytes.ts";
import { PeerError } from "../../src/util/errors.ts";
import { setOf, type Vector, vectors } from "../exi/vectors.ts";

/** The octets up to a bit; the rest of the last one is zero. */
function upTo(exi: Uint8Array, bits: number): Uint8Array {
  const cut = exi.slice(0, Math.ceil(bits / 8));
  const rest = bits % 8;
  const last = cut.length - 1;
  if (rest > 0) cut[last] = (cut[last] ?? 0) & (0xff << (8 - rest));
  return cut;
}

interface Coded {
  readonly set: AnySet;
  readonly kind: "document" | "fragment";
  readonly exi: Uint8Array;
}

/** Undefined when it is refused. @returns the octets of what was read */
function again({ set, kind }: Coded, exi: Uint8Array): Uint8Array | undefined {
  try {
    if (kind === "document") {
      const { root, value } = set.decode(exi);
      return set.encode(root, value);
    }
    const { name, value } = set.decodeFragment(exi);
    return set.encodeFragment(name, value);
  } catch (error) {
    if (!(error instanceof PeerError)) throw error;
    return undefined;
  }
}

/** What is read from a part must be what that part says: the same octets, as far as they count. */
function check(coded: Coded): { refused: number; read: number } {
  let [refused, read] = [0, 0];
  for (let bits = 0; bits < coded.exi.length * 8; bits++) {
    const part = upTo(coded.exi, bits);
    const found = again(coded, part);
    if (!found) {
      refused++;
      continue;
    }
    read++;
    expect(found.length, `read beyond ${bits} bits`).toBeLessThanOrEqual(part.length);
    expect([...found]).toEqual([...part.subarray(0, found.length)]);
  }
  return { refused, read };
}

/** Every message of -2 and the handshake once, in the shortest form that there is, so that the test stays quick. */
function oneOfEach(): Vector[] {
  const chosen = new Map<string, Vector>();
  for (const vector of [...vectors("shared"), ...vectors("benchMix")]) {
    if (vector.schema !== "iso-2" && vector.schema !== "app-protocol") continue;
    const body = (vector.json as { Body?: object }).Body;
    const key = `${vector.schema} ${vector.kind} ${vector.root} ${body ? Object.keys(body)[0] : ""}`;
    const before = chosen.get(key);
    if (!before || vector.exi.length < before.exi.length) chosen.set(key, vector);
  }
  return [...chosen.values()];
}

const session = readFileSync(new URL("../vectors/pnc_session.jsonl", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Vector & { message?: string });

describe("every truncation at every bit", () => {
  test("of one vector for every message", () => {
    const all = oneOfEach();
    expect(all.length).toBeGreaterThan(35);
    for (const vector of all) {
      const exi = fromHex(vector.exi);
      const { refused } = check({ set: setOf(vector), kind: vector.kind, exi });
      // What is left out may have been nothing but zeros, or what may follow; most of it is missed.
      expect(refused, vector.id).toBeGreaterThan(exi.length * 4);
    }
  });

  test("of a whole Plug & Charge session with certificates and signatures", () => {
    const short = session.filter(({ exi, schema }) => exi.length < 1200 && schema !== "xmldsig");
    expect(short.length).toBeGreaterThan(20);
    for (const vector of short) check({ set: setOf(vector), kind: vector.kind, exi: fromHex(vector.exi) });
  });
});
