/** Every kind of value at its edges. A document of one simple root: header, 0 for the root, 0 for characters, value, 0 for the end. */
import { describe, expect, it } from "vitest";
import type { SimpleType } from "../../src/exi/model.ts";
import {
  base64Binary,
  boolean,
  bounded,
  byte,
  enumeration,
  hexBinary,
  int,
  integer,
  long,
  namespace,
  nonNegativeInteger,
  short,
  string,
  unsignedByte,
  unsignedInt,
  unsignedLong,
  unsignedShort,
} from "../../src/exi/schema.ts";
import { Executors } from "./executors.ts";

const ns = namespace("urn:test");

/** Once as the content of an element, once as an attribute, by both executors. @returns the value's bits. */
function bitsOf(type: SimpleType, value: unknown): string {
  const executors = Executors.of(ns.simpleContent(type, {}));
  const bytes = executors.interpretedEncode("document", "root", { "#text": value });
  if (!(bytes instanceof Uint8Array)) throw bytes;
  executors.encodeAlike("document", "root", { "#text": value });
  executors.decodeAlike("document", bytes);
  expect(executors.interpretedDecode("document", bytes)).toEqual({ root: "root", value: { "#text": value } });
  return [...bytes]
    .map((octet) => octet.toString(2).padStart(8, "0"))
    .join("")
    .slice(10);
}

function refused(type: SimpleType, value: unknown): unknown {
  const executors = Executors.of(ns.simpleContent(type, {}));
  expect(executors.encodeAlike("document", "root", { "#text": value })).toBe(false);
  return executors.interpretedEncode("document", "root", { "#text": value });
}

describe("integers of at most 4096 values are bits from their minimum", () => {
  it.each([
    ["byte", -128, byte, "00000000"],
    ["byte", 127, byte, "11111111"],
    ["unsignedByte", 255, unsignedByte, "11111111"],
    ["percent", 100, bounded(0, 100), "1100100"],
    ["unitMultiplier", 3, bounded(-3, 3), "110"],
    ["SAID", 255, bounded(1, 255), "11111110"],
    ["priority", 20, bounded(1, 20), "10011"],
    ["phases", 3, bounded(1, 3), "10"],
    ["maxSupportingPoints", 1024, bounded(12, 1024), "1111110100"],
    ["4096 values", 4095, bounded(0, 4095), "111111111111"],
    ["one value", 5, bounded(5, 5), ""],
  ])("%s: %s", (_, value, type, bits) => {
    expect(bitsOf(type, value).startsWith(bits)).toBe(true);
    expect(bitsOf(type, value).slice(bits.length)).toMatch(/^0*$/);
  });
});

describe("other integers are octets of seven bits, with a sign where they can be negative", () => {
  it.each([
    ["4097 values", 1, bounded(0, 4096), "00000001"],
    ["an unsigned minimum is not subtracted", 1, bounded(1, 65535), "00000001"],
    ["unsignedShort", 65535, unsignedShort, "11111111 11111111 00000011"],
    ["unsignedInt", 127, unsignedInt, "01111111"],
    ["unsignedInt", 128, unsignedInt, "10000000 00000001"],
    ["unsignedInt", 16384, unsignedInt, "10000000 10000000 00000001"],
    ["short", -1, short, "1 00000000"],
    ["short", -32768, short, "1 11111111 11111111 00000001"],
    ["int", 2 ** 31 - 1, int, "0 11111111 11111111 11111111 11111111 00000111"],
    ["a negative minimum", -5000, bounded(-5000, 3), "1 10000111 00100111"],
  ])("%s: %s", (_, value, type, bits) => {
    const plain = bits.replaceAll(" ", "");
    expect(bitsOf(type, value).slice(0, plain.length)).toBe(plain);
  });

  it.each([
    ["long", 2n ** 63n - 1n, long],
    ["long", -(2n ** 63n), long],
    ["long", Number.MAX_SAFE_INTEGER, long],
    ["long", -Number.MAX_SAFE_INTEGER, long],
    ["long", 2n ** 53n, long],
    ["long", -(2n ** 53n), long],
    ["long", 2 ** 49 - 1, long],
    ["long", 2 ** 49, long],
    ["unsignedLong", 2n ** 64n - 1n, unsignedLong],
    ["integer", 2n ** 160n, integer],
    ["integer", -(2n ** 500n), integer],
    ["nonNegativeInteger", 0, nonNegativeInteger],
  ])("%s: %s", (_, value, type) => {
    expect(bitsOf(type, value)).toBeDefined();
  });

  it.each([
    ["byte", 128, byte],
    ["byte", 1.5, byte],
    ["percent", -1, bounded(0, 100)],
    ["unsignedShort", 65536, unsignedShort],
    ["unsignedShort", -1, unsignedShort],
    ["unsignedInt", 2 ** 32, unsignedInt],
    ["unsignedInt", Number.NaN, unsignedInt],
    ["seconds of a day", 86401, bounded(0, 86400)],
    ["short", "1", short],
    ["long", 2 ** 63, long],
    ["unsignedLong", 2n ** 64n, unsignedLong],
    ["integer", 2n ** 520n, integer],
    ["integer", Number.POSITIVE_INFINITY, integer],
    ["nonNegativeInteger", -1, nonNegativeInteger],
  ])("bad case: %s does not have %s", (_, value, type) => {
    expect(refused(type, value)).toMatchObject({ name: "ExiError", path: "root", bit: undefined });
  });

  it("take a bigint where a number would do", () => {
    const executors = Executors.of(ns.simpleContent(short, {}));
    const bytes = executors.interpretedEncode("document", "root", { "#text": 400n });
    expect(executors.interpretedDecode("document", bytes as Uint8Array)).toEqual({
      root: "root",
      value: { "#text": 400 },
    });
  });
});

describe("what exceeds a facet, yet not the built-in type, is read", () => {
  const seconds = Executors.of(ns.simpleContent(bounded(0, 86400), {}));
  const wide = Executors.of(ns.simpleContent(unsignedInt, {}));

  it("up to 2^32 - 1 for a range of 86401", () => {
    const most = wide.interpretedEncode("document", "root", { "#text": 2 ** 32 - 1 }) as Uint8Array;
    expect(seconds.interpretedDecode("document", most)).toEqual({ root: "root", value: { "#text": 2 ** 32 - 1 } });
    expect(seconds.decodeAlike("document", most)).toBe(true);
  });

  it("bad case: not beyond", () => {
    const more = Executors.of(ns.simpleContent(unsignedLong, {})).interpretedEncode("document", "root", {
      "#text": 2 ** 32,
    });
    expect(seconds.interpretedDecode("document", more as Uint8Array)).toMatchObject({ name: "ExiError" });
    expect(seconds.decodeAlike("document", more as Uint8Array)).toBe(false);
  });
});

describe("booleans and enumerations", () => {
  it("are bits", () => {
    expect(bitsOf(boolean, true)).toBe("100000");
    expect(bitsOf(enumeration(["a", "b", "c", "d", "e"]), "e").slice(0, 4)).toBe("1000");
    expect(bitsOf(enumeration(["only"]), "only")).toMatch(/^0+$/);
  });

  it("bad case: are nothing else", () => {
    expect(refused(boolean, 1)).toMatchObject({ expected: "true or false" });
    expect(refused(enumeration(["a", "b"]), "c")).toMatchObject({ expected: "one of a, b" });
  });

  it("bad case: a code without a value", () => {
    const executors = Executors.of(ns.simpleContent(enumeration(["a", "b", "c"]), {}));
    const bytes = Uint8Array.of(0x80, 0b00_11_0000);
    expect(executors.interpretedDecode("document", bytes)).toMatchObject({ bit: 10, expected: "one of a, b, c" });
    expect(executors.decodeAlike("document", bytes)).toBe(false);
  });
});

describe("text", () => {
  it("is its length plus 2, then a code point each", () => {
    expect(bitsOf(string(), "A").slice(0, 16)).toBe("00000011" + "01000001");
    expect(bitsOf(string(), "").slice(0, 8)).toBe("00000010");
    expect(bitsOf(string(), "é").slice(0, 24)).toBe("00000011" + "11101001" + "00000001");
    expect(bitsOf(string(), "😀").slice(0, 32)).toBe("00000011" + "10000000" + "11101100" + "00000111");
  });

  it.each([0, 1, 2, 3, 4, 5, 7, 8, 63, 64, 65, 126, 300, 20_000])("of %i characters comes back", (length) => {
    expect(bitsOf(string(), "0123456789abcdef".repeat(1250).slice(0, length))).toBeDefined();
    expect(bitsOf(string(), `ü${"x".repeat(length)}`)).toBeDefined();
  });

  it("is counted in characters, not in units of JavaScript", () => {
    expect(bitsOf(string(2), "😀😀")).toBeDefined();
    expect(refused(string(2), "abc")).toMatchObject({ expected: "text of at most 2 characters" });
  });

  it("bad case: half a character", () => {
    expect(refused(string(), "\ud83d")).toMatchObject({ expected: "text without lone surrogates" });
    expect(refused(string(), 5)).toMatchObject({ expected: "text" });
  });

  it.each([
    ["a surrogate", 0xd800],
    ["beyond Unicode", 0x110000],
  ])("bad case: %s is no character", (_, point) => {
    const point7 = [(point & 127) | 128, ((point >> 7) & 127) | 128, point >> 14];
    const bits = ["00", "00000011", ...point7.map((octet) => octet.toString(2).padStart(8, "0")), "0000000"].join("");
    const bytes = [0x80, ...(bits.match(/.{8}/g) ?? []).map((digits) => Number.parseInt(digits, 2))];
    const executors = Executors.of(ns.simpleContent(string(), {}));
    expect(executors.interpretedDecode("document", Uint8Array.from(bytes))).toMatchObject({ expected: "a character" });
    expect(executors.decodeAlike("document", Uint8Array.from(bytes))).toBe(false);
  });
});

describe("octets", () => {
  it.each([0, 1, 2, 3, 4, 5, 63, 64, 65, 127, 128, 700, 5000])(
    "of length %i come back at every bit offset",
    (length) => {
      const octets = Uint8Array.from({ length }, (_, index) => index * 7);
      for (let offset = 0; offset < 8; offset++) {
        const before = Object.fromEntries(Array.from({ length: offset }, (_, index) => [`@a${index}`, true]));
        const content = Object.fromEntries(
          Object.keys(before).map((key) => [key, { kind: "attribute", type: boolean, required: false }]),
        ) as Record<`@${string}`, { kind: "attribute"; type: SimpleType; required: false }>;
        const executors = Executors.of(ns.simpleContent(base64Binary(), content));
        const value = { ...before, "#text": octets };
        const bytes = executors.interpretedEncode("document", "root", value) as Uint8Array;
        expect(executors.encodeAlike("document", "root", value)).toBe(true);
        expect(executors.decodeAlike("document", bytes)).toBe(true);
        expect(executors.interpretedDecode("document", bytes)).toEqual({ root: "root", value });
      }
    },
  );

  it("may be given as a Buffer and come back as a plain Uint8Array of their own", () => {
    const executors = Executors.of(ns.simpleContent(hexBinary(), {}));
    const bytes = executors.emittedEncode("document", "root", { "#text": Buffer.from("abc") }) as Uint8Array;
    const decode = () =>
      (executors.emittedDecode("document", bytes) as { value: { "#text": Uint8Array } }).value["#text"];
    const [first, second] = [decode(), decode()];
    expect(Object.getPrototypeOf(first)).toBe(Uint8Array.prototype);
    first[0] = 0;
    expect(second).toEqual(Uint8Array.from(Buffer.from("abc")));
  });

  it("bad case: are no text and no more than the type allows", () => {
    expect(refused(hexBinary(), "00")).toMatchObject({ expected: "bytes" });
    expect(refused(hexBinary(2), new Uint8Array(3))).toMatchObject({ expected: "at most 2 bytes" });
  });
});
