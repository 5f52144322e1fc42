import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shapeOf } from "../../src/exi/emit/shape.ts";
import type { AnyType, GlobalElement } from "../../src/exi/model.ts";
import { schemas, valuesOf } from "./arbitraries.ts";
import { Executors, type Kind } from "./executors.ts";
import { sets } from "./vectors.ts";

/** Objects alike whatever the order of their keys. */
function roundTrip(executors: Executors, kind: Kind, root: string, value: unknown) {
  const bytes = executors.interpretedEncode(kind, root, value);
  expect(bytes).toBeInstanceOf(Uint8Array);
  const decoded = executors.interpretedDecode(kind, bytes as Uint8Array);
  expect(decoded).toEqual(kind === "document" ? { root, value } : { name: root, value });
  const emitted = [executors.encodeAlike(kind, root, value), executors.decodeAlike(kind, bytes as Uint8Array)];
  return { bytes: bytes as Uint8Array, emitted };
}

describe("random values", () => {
  for (const [name, set] of Object.entries(sets)) {
    const roots = Object.values(set.elements).flatMap((element: GlobalElement) => {
      const values = element.abstract ? undefined : valuesOf(element.type);
      return values ? [values.map((value) => ({ root: element.name, value }))] : [];
    });
    const executors = new Executors(set);

    it(`of ${name} come back as they were, from both executors, as documents and as fragments`, () => {
      fc.assert(
        fc.property(fc.oneof(...roots), fc.constantFrom<Kind>("document", "fragment"), ({ root, value }, kind) => {
          roundTrip(executors, kind, root, value);
        }),
        { seed: 15118, numRuns: 400 },
      );
    });
  }
});

describe("random schemas", () => {
  it("code their values, cut short and disturbed ones too, alike in both executors", () => {
    const cases = schemas(2).chain((type) => {
      const values = valuesOf(type) ?? fc.constant(undefined);
      return fc.record({
        type: fc.constant(type),
        values: fc.array(values, { minLength: 3, maxLength: 3 }),
        bits: fc.array(fc.nat(), { maxLength: 8 }),
      });
    });
    fc.assert(
      fc.property(cases, ({ type, values, bits }) => {
        const executors = Executors.of(type);
        for (const value of values) {
          if (value === undefined) return;
          const { bytes, emitted } = roundTrip(executors, "document", "root", value);
          if (isStraight(type) && isPlain(value)) expect(emitted).toEqual([true, true]);
          expect(executors.decodeAlike("document", bytes.subarray(0, -1))).toBe(false);
          for (const bit of bits) executors.decodeAlike("document", flipped(bytes, bit));
        }
      }),
      { seed: 70121, numRuns: 250 },
    );
  });
});

/** Emitted code can do all of the type. */
function isStraight(type: AnyType): boolean {
  if (type.kind === "simple") return true;
  const steps = shapeOf(type)?.steps;
  return steps?.every(({ events }) => events.every((event) => isStraight(event.type))) ?? false;
}

/** Neither text between children nor characters that make a string longer for JavaScript than for XML. */
function isPlain(value: unknown): boolean {
  if (typeof value === "string") return !/[^\0-\x7f]/.test(value);
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return true;
  return Object.entries(value).every(([key, inner]) => key !== "#text" && isPlain(inner));
}

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const at = bit % (bytes.length * 8);
  copy[at >> 3] = (copy[at >> 3] ?? 0) ^ (128 >> (at & 7));
  return copy;
}
