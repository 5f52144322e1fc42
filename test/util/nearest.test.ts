import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { editDistance, nearest } from "../../src/util/nearest.ts";

describe("the edit distance", () => {
  it.each([
    ["", "", 0],
    ["abc", "", 3],
    ["kitten", "sitting", 3],
    ["abcd", "acbd", 1],
    ["module", "modul", 1],
  ])("of %j and %j is %i", (a, b, distance) => expect(editDistance(a, b)).toBe(distance));

  it("is symmetric, zero for the same word, and at most the longer length", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, a)).toBe(0);
        expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });
});

describe("the nearest word", () => {
  it("is the one with the fewest changes, whatever its case", () => {
    expect(nearest("tls_securty", ["device", "tls_security", "tls_timeout"])).toBe("tls_security");
    expect(nearest("AUTH", ["ocpp", "auth"])).toBe("auth");
  });
  it("is none when nothing is like it", () => {
    expect(nearest("colour", ["start", "name"])).toBeUndefined();
    expect(nearest("x", [])).toBeUndefined();
  });
});
