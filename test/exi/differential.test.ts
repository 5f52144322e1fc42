/** Emitted code against the interpreter: it may leave a stream alone, it may never read it differently. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ExiError } from "../../src/exi/errors.ts";
import { fromHex } from "../../src/util/bytes.ts";
import { Executors, left } from "./executors.ts";
import { setOf, sets, type Vector, vectors } from "./vectors.ts";

const executors = Object.fromEntries(Object.entries(sets).map(([name, set]) => [name, new Executors(set)]));
const valid = [...vectors("shared"), ...vectors("disputed")];

function executorsOf({ schema }: Vector): Executors {
  return executors[schema] as Executors;
}

/** A fixed sequence of numbers below `bound`. */
function* numbers(bound: number): Generator<number, never> {
  let state = 15118;
  for (;;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state % bound;
  }
}

/** Thousands of errors are made here, whose stacks nobody reads. */
const { stackTraceLimit } = Error;
beforeAll(() => {
  Error.stackTraceLimit = 0;
});
afterAll(() => {
  Error.stackTraceLimit = stackTraceLimit;
});

describe("both executors", () => {
  it("decode and encode every vector alike", () => {
    for (const vector of valid) {
      const bytes = fromHex(vector.exi);
      executorsOf(vector).decodeAlike(vector.kind, bytes);
      const set = setOf(vector);
      const { root, kind, json } = vector;
      const value = kind === "document" ? set.fromJson(root, json) : set.fragmentFromJson(root, json);
      executorsOf(vector).encodeAlike(kind, root, value);
    }
  });

  it("leave nothing of the handshake and of ISO 15118-2's agreed vectors to the interpreter", () => {
    const slow = vectors("shared")
      .filter(({ schema }) => schema !== "xmldsig")
      .filter((vector) => executorsOf(vector).emittedDecode(vector.kind, fromHex(vector.exi)) === left);
    expect(slow.map(({ id }) => id)).toEqual([]);
  });

  it("refuse every vector that is cut short, at any byte", () => {
    for (const vector of valid) {
      const bytes = fromHex(vector.exi);
      for (let length = 0; length < bytes.length; length++) {
        const cut = bytes.subarray(0, length);
        const both = executorsOf(vector);
        const refused =
          both.emittedDecode(vector.kind, cut) === left && both.interpretedDecode(vector.kind, cut) instanceof ExiError;
        if (!refused) expect.unreachable(`${vector.id} is accepted with ${length} bytes`);
      }
    }
  });

  it("read disturbed vectors alike", () => {
    const places = numbers(2 ** 20);
    let decoded = 0;
    for (const vector of valid) {
      const bytes = fromHex(vector.exi);
      for (let round = 0; round < 120; round++) {
        const copy = Uint8Array.from(bytes);
        for (let flips = round % 3; flips >= 0; flips--) {
          const bit = places.next().value % (bytes.length * 8);
          copy[bit >> 3] = (copy[bit >> 3] as number) ^ (128 >> (bit & 7));
        }
        if (executorsOf(vector).decodeAlike(vector.kind, copy)) decoded++;
      }
    }
    expect(decoded).toBeGreaterThan(1000);
  });

  it("read noise alike", () => {
    const octets = numbers(256);
    for (const [name, both] of Object.entries(executors)) {
      for (let round = 0; round < 3000; round++) {
        const noise = Uint8Array.from({ length: 40 }, () => octets.next().value);
        noise[0] = 0x80;
        both.decodeAlike(name === "xmldsig" ? "fragment" : "document", noise);
      }
    }
  });
});
