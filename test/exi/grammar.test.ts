/** Each construct in a small schema, bit by bit. Codes and widths are those of EXI 1.0, clause 8.5.4, not strict. */
import { describe, expect, it } from "vitest";
import type { AnyType, GlobalElement } from "../../src/exi/model.ts";
import {
  any,
  attribute,
  base64Binary,
  boolean,
  bounded,
  choice,
  element,
  enumeration,
  hexBinary,
  integer,
  namespace,
  optional,
  repeated,
  schemaSet,
  sequence,
  string,
  substitution,
  unsignedByte,
  unsignedShort,
} from "../../src/exi/schema.ts";
import { Executors, left } from "./executors.ts";

const ns = namespace("urn:test");
const empty = ns.complexType({});
const small = bounded(0, 3);

function bitsOf(bytes: unknown): string {
  return [...(bytes as Uint8Array)].map((octet) => octet.toString(2).padStart(8, "0")).join("");
}

/** The content's bits, behind the header and the root's one-bit code. Both executors write and read them. */
function bits(type: AnyType, value: unknown): string {
  const executors = Executors.of(type);
  const bytes = executors.interpretedEncode("document", "root", value);
  expect(bytes).toBeInstanceOf(Uint8Array);
  executors.encodeAlike("document", "root", value);
  executors.decodeAlike("document", bytes as Uint8Array);
  expect(executors.interpretedDecode("document", bytes as Uint8Array)).toEqual({ root: "root", value });
  return bitsOf(bytes).slice(9);
}

/** Zero bits to the octet's end follow the expected ones, which are given in groups for the reader. */
function expectBits(type: AnyType, value: unknown, expected: string): void {
  const plain = expected.replaceAll(" ", "");
  expect(bits(type, value)).toBe(plain.padEnd(Math.ceil((plain.length + 9) / 8) * 8 - 9, "0"));
}

describe("sequences", () => {
  it("spend a bit on each required element and on the end", () => {
    const type = ns.complexType({ A: element(boolean), B: element(boolean) });
    // A, characters, true, end of A; B, characters, false, end of B; end
    expectBits(type, { A: true, B: false }, "0 0 1 0  0 0 0 0  0");
  });

  it("count what an absent optional element leaves open", () => {
    const type = ns.complexType({ A: optional(boolean), B: optional(boolean), C: element(boolean) });
    expectBits(type, { A: true, B: true, C: true }, "00 0 1 0  00 0 1 0  0 0 1 0  0");
    expectBits(type, { B: true, C: true }, "01 0 1 0  0 0 1 0  0");
    expectBits(type, { A: true, C: true }, "00 0 1 0  01 0 1 0  0");
    expectBits(type, { C: true }, "10 0 1 0  0");
  });

  it("end at once where everything is optional", () => {
    const type = ns.complexType({ A: optional(boolean), B: optional(boolean) });
    expectBits(type, {}, "10");
    expectBits(empty, {}, "0");
  });

  it("need three bits where four events and the second level are open", () => {
    const type = ns.complexType({ A: optional(small), B: optional(small), C: optional(small) });
    expectBits(type, {}, "011");
    expectBits(type, { C: 3 }, "010 0 11 0  0");
  });
});

describe("lists", () => {
  it("narrow the code when their maximum is reached", () => {
    const type = ns.complexType({ A: repeated(boolean, 1, 3) });
    expectBits(type, { A: [true] }, "0 0 1 0  01");
    expectBits(type, { A: [true, false] }, "0 0 1 0  00 0 0 0  01");
    expectBits(type, { A: [true, false, true] }, "0 0 1 0  00 0 0 0  00 0 1 0  0");
  });

  it("loop where they have no maximum", () => {
    const type = ns.complexType({ A: repeated(boolean, 1, Number.POSITIVE_INFINITY), B: optional(boolean) });
    expectBits(type, { A: [true, true], B: true }, "0 0 1 0  00 0 1 0  01 0 1 0  0");
    expectBits(type, { A: [true] }, "0 0 1 0  10");
  });

  it("may be absent", () => {
    const type = ns.complexType({ A: repeated(boolean, 0, 2) });
    expectBits(type, {}, "01");
    expectBits(type, { A: [false, false] }, "00 0 0 0  00 0 0 0  0");
    expect(bits(type, {})).toBe(bitsOf(Executors.of(type).interpretedEncode("document", "root", { A: [] })).slice(9));
  });

  it("are open only to themselves below their minimum", () => {
    const type = ns.complexType({ A: repeated(boolean, 2, 3) });
    expectBits(type, { A: [true, true] }, "0 0 1 0  0 0 1 0  01");
  });
});

describe("attributes", () => {
  it("are written in the order of their names, whatever order they are given in", () => {
    const type = ns.complexType({
      "@b": attribute(boolean, { required: true }),
      "@a": attribute(boolean, { required: true }),
      C: element(boolean),
    });
    expectBits(type, { "@a": true, "@b": false, C: true }, "0 1  0 0  0 0 1 0  0");
  });

  it("share the state with the content that may follow when they are optional", () => {
    const type = ns.complexType({ "@a": attribute(boolean), "@b": attribute(boolean), C: element(boolean) });
    expectBits(type, { C: true }, "10 0 1 0  0");
    expectBits(type, { "@b": true, C: true }, "01 1  0 0 1 0  0");
  });

  it("stand before text", () => {
    const type = ns.simpleContent(unsignedByte, { "@Id": attribute(small) });
    expectBits(type, { "#text": 255 }, "01 11111111  0");
    expectBits(type, { "@Id": 2, "#text": 1 }, "00 10  0 00000001  0");
  });
});

describe("choices", () => {
  const type = ns.complexType({ C: choice({ A: element(boolean), B: element(small), D: element(empty) }) });

  it("number their alternatives", () => {
    expectBits(type, { A: true }, "00 0 1 0  0");
    expectBits(type, { B: 2 }, "01 0 10 0  0");
    expectBits(type, { D: {} }, "10 0  0");
  });

  it("may be absent or followed by more", () => {
    const more = ns.complexType({
      C: optional(choice({ A: element(boolean), B: element(boolean) })),
      D: element(boolean),
    });
    expectBits(more, { B: true, D: true }, "01 0 1 0  0 0 1 0  0");
    expectBits(more, { D: true }, "10 0 1 0  0");
  });

  it("repeat, with one array a name", () => {
    const list = ns.complexType({ C: repeated(choice({ A: element(boolean), B: element(boolean) }), 1, 3) });
    expectBits(list, { A: [true, false], B: [true] }, "00 0 1 0  00 0 0 0  01 0 1 0  0");
    expectBits(list, { B: [true] }, "01 0 1 0  10");
  });

  it("hold sequences that begin differently and share a name", () => {
    const pgp = ns.complexType({
      C: choice({
        one: sequence({ Id: element(boolean), Packet: optional(boolean) }),
        two: sequence({ Packet: element(boolean) }),
      }),
    });
    expectBits(pgp, { Id: true, Packet: true }, "00 0 1 0  00 0 1 0  0");
    expectBits(pgp, { Id: true }, "00 0 1 0  01");
    expectBits(pgp, { Packet: true }, "01 0 1 0  0");
  });
});

describe("groups", () => {
  it("come and go as one", () => {
    const type = ns.complexType({
      S: optional(sequence({ P: element(boolean), Q: element(boolean) })),
      Y: element(boolean),
    });
    expectBits(type, { P: true, Q: true, Y: true }, "00 0 1 0  0 0 1 0  0 0 1 0  0");
    expectBits(type, { Y: true }, "01 0 1 0  0");
  });

  it("repeat as one", () => {
    const pair = sequence({ P: element(boolean), Q: optional(boolean) });
    const type = ns.complexType({ S: repeated(pair, 1, Number.POSITIVE_INFINITY) });
    expectBits(type, { P: [true, false], Q: [true] }, "0 0 1 0  00 0 1 0  00 0 0 0  10");
  });
});

describe("extension and substitution", () => {
  const base = ns.complexType({ "@Id": attribute(small), A: element(boolean) });

  it("puts a base's content before its own, and sorts all attributes together", () => {
    const type = ns.extend(base, { "@Da": attribute(small), B: element(boolean) });
    expectBits(type, { "@Da": 1, "@Id": 2, A: true, B: true }, "00 01  00 10  0 0 1 0  0 0 1 0  0");
  });

  it("offers all members by name, the abstract head too", () => {
    const head = ns.abstract("Mode", empty);
    const dc = ns.global("DC_Mode", ns.extend(empty, { B: element(boolean) }));
    const ac = ns.global("AC_Mode", empty);
    const type = ns.complexType({ Mode: substitution(head, dc, ac) });
    expectBits(type, { AC_Mode: {} }, "00 0  0");
    expectBits(type, { DC_Mode: { B: true } }, "01 0 0 1 0 0  0");
  });

  it("sorts members of one name by namespace", () => {
    const other = namespace("urn:other");
    const head = ns.global("Mode", ns.complexType({ A: element(boolean) }));
    const type = ns.complexType({ Mode: substitution(head, other.global("Mode", ns.complexType({}))) });
    // The first key that fits is taken: the member of urn:other, which has no content.
    expect(bitsOf(Executors.of(type).interpretedEncode("document", "root", { Mode: {} })).slice(9, 13)).toBe("0000");
  });
});

describe("wildcards and mixed content", () => {
  it("hold the place of foreign elements behind declared ones", () => {
    const type = ns.complexType({ any: any(), A: optional(boolean) });
    // A, then any other element, then the end: three events and the second level
    expectBits(type, {}, "10");
    expectBits(type, { A: true }, "00 0 1 0  0");
  });

  it("leave room for characters at the end of each state", () => {
    const type = ns.complexType({ "@Algorithm": attribute(small, { required: true }), any: any() }, { mixed: true });
    expectBits(type, { "@Algorithm": 1 }, "0 01  01");
    expectBits(type, { "@Algorithm": 1, "#text": "A" }, "0 01  10 00000011 01000001  01");
  });

  it("join text that stands between children", () => {
    const type = ns.complexType({ A: repeated(empty, 0, Number.POSITIVE_INFINITY) }, { mixed: true });
    expectBits(type, { "#text": "A", A: [{}] }, "10 00000011 01000001  00 0  01");
    const between = octets("10 00000011 01000001  00 0  10 00000011 01000010  01");
    const value = { "#text": "AB", A: [{}] };
    expect(Executors.of(type).interpretedDecode("document", between)).toEqual({ root: "root", value });
  });
});

describe("roots", () => {
  const type = ns.complexType({ Local: element(boolean) });
  const numbered = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, code) => [`E${code}`, ns.global(`E${code}`, type)])) as Record<
      string,
      GlobalElement<string, unknown, false>
    >;

  it("of documents have one code more, for any other element", () => {
    const set = schemaSet("three", numbered(3));
    expect(bitsOf(set.encode("E2", { Local: true })).slice(8)).toBe("10 0010 0 00".replaceAll(" ", "").slice(0, 8));
    expect(bitsOf(schemaSet("four", numbered(4)).encode("E2", { Local: true })).slice(8, 11)).toBe("010");
  });

  it("of fragments are all names, global and local, then any other, then the end", () => {
    const set = schemaSet("fragments", numbered(3), { types: [ns.complexType({ Zeta: element(boolean) })] });
    // E0 E1 E2 Local Zeta, any other, the end: 7 codes, 3 bits
    expect(bitsOf(set.encodeFragment("Local", true)).slice(8)).toBe("011" + "0" + "1" + "0" + "110" + "0000000");
    expect(set.decodeFragment(set.encodeFragment("Zeta", false))).toEqual({ name: "Zeta", value: false });
  });

  it("count names of different namespaces apart", () => {
    const other = namespace("urn:other").complexType({ Local: element(boolean) });
    const set = schemaSet("two", { A: ns.global("A", type), B: ns.global("B", other) });
    // A B Local Local, any other, the end: 6 codes
    expect(bitsOf(set.encodeFragment("B", { Local: true })).slice(8, 11)).toBe("001");
    expect(bitsOf(set.encodeFragment("Local", true)).slice(8, 11)).toBe("010");
  });
});

describe("names with different types", () => {
  const other = namespace("urn:test").complexType({
    Name: element(ns.simpleContent(string(), { "@Id": attribute(string()) })),
  });
  const elements = { A: ns.global("A", ns.complexType({ Name: element(string()) })), B: ns.global("B", other) };

  it("use the grammar of any element as fragments, and their own in documents", () => {
    const set = schemaSet("relaxed", elements, { relaxed: ["Name"] });
    const value = { "@Id": "i", "#text": "t" };
    const bytes = set.encodeFragment("Name", value);
    // A B Name, any, end: 3 bits. Id, any attribute, A B Name, any, end, text, second level: 4 bits. A B Name any end text second: 3 bits
    const expected = ["010", "0000", "00000011", "01101001", "0111", "00000011", "01110100", "100", "100"].join("");
    expect(bitsOf(bytes).slice(8)).toBe(expected.padEnd(Math.ceil(expected.length / 8) * 8, "0"));
    expect(set.decodeFragment(bytes)).toEqual({ name: "Name", value });
    expect(set.decodeFragment(set.encodeFragment("Name", "alone"))).toEqual({ name: "Name", value: "alone" });
    expect(set.decode(set.encode("A", { Name: "n" }))).toEqual({ root: "A", value: { Name: "n" } });
  });

  it("must be listed, and only they", () => {
    expect(() => schemaSet("silent", elements).encodeFragment("A", { Name: "n" })).toThrow("Name has different types");
    expect(() => schemaSet("wrong", { A: elements.A }, { relaxed: ["Name"] }).encode("A", { Name: "n" })).toThrow(
      "Name is listed as relaxed and has one type",
    );
  });
});

describe("mistakes in a table", () => {
  it("are found when it is read", () => {
    const global = ns.global("Signature", empty);
    expect(() => ns.complexType({ Other: element(global) })).toThrow('"Other" refers to the global element Signature');
    expect(() => ns.complexType({ Id: attribute(string()) })).toThrow('"@" marks attributes');
    expect(() => schemaSet("s", { Wrong: global })).toThrow("element Signature listed as Wrong");
    const text = ns.simpleContent(string(), {});
    expect(() => ns.extend(text, { A: element(boolean) })).toThrow("a type with text");
  });
});

describe("second-level events", () => {
  it("end an element whose text is empty, with or without attributes before it", () => {
    const text = ns.complexType({ A: element(string()), B: element(base64Binary()), C: element(hexBinary()) });
    // A, second level, end (one of 7); B and C likewise; end
    const bare = octets("0 1 000  0 1 000  0 1 000  0");
    const executors = Executors.of(text);
    const nothing = new Uint8Array(0);
    expect(executors.interpretedDecode("document", bare)).toEqual({
      root: "root",
      value: { A: "", B: nothing, C: nothing },
    });
    expect(executors.emittedDecode("document", bare)).toBe(left);

    const withId = Executors.of(ns.simpleContent(string(), { "@Id": attribute(small) }));
    expect(withId.interpretedDecode("document", octets("10 000"))).toEqual({ root: "root", value: { "#text": "" } });
    // After the attribute five events are left: still three bits.
    expect(withId.interpretedDecode("document", octets("00 01  1 000"))).toEqual({
      root: "root",
      value: { "@Id": 1, "#text": "" },
    });
  });

  it.each([
    ["the end where a number is due", ns.complexType({ A: element(integer) }), "0 1 000"],
    ["the end where an enumeration is due", ns.complexType({ A: element(enumeration(["a", "b"])) }), "0 1 000"],
    ["xsi:type", ns.complexType({ A: element(string()) }), "0 1 001"],
    ["xsi:nil", ns.complexType({ A: element(unsignedShort) }), "0 1 010"],
    ["the end before a required element", ns.complexType({ A: element(string()) }), "1 000"],
    ["a code beyond the second level", ns.complexType({ A: optional(string()) }), "11 000"],
  ])("are refused otherwise: %s", (_, type, content) => {
    const result = Executors.of(type).interpretedDecode("document", octets(content));
    expect(result).toMatchObject({ name: "ExiError" });
    expect(Executors.of(type).emittedDecode("document", octets(content))).toBe(left);
  });
});

/** A document of the root with this content. */
function octets(content: string): Uint8Array {
  const all = `10000000 0 ${content}`.replaceAll(" ", "");
  const padded = all.padEnd(Math.ceil(all.length / 8) * 8, "0");
  return Uint8Array.from(padded.match(/.{8}/g) ?? [], (digits) => Number.parseInt(digits, 2));
}
