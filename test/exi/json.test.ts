import { describe, expect, it } from "vitest";
import { ExiError } from "../../src/exi/errors.ts";
import {
  attribute,
  base64Binary,
  boolean,
  element,
  enumeration,
  hexBinary,
  integer,
  namespace,
  optional,
  repeated,
  schemaSet,
  string,
  unsignedByte,
} from "../../src/exi/schema.ts";

const ns = namespace("urn:test");
const set = schemaSet("test", {
  Message: ns.global(
    "Message",
    ns.complexType(
      {
        "@Id": attribute(string(), { required: true }),
        Session: optional(hexBinary(8)),
        Certificate: optional(base64Binary()),
        Serial: optional(integer),
        Code: optional(enumeration(["OK", "FAILED"])),
        Ready: optional(boolean),
        Item: repeated(ns.simpleContent(unsignedByte, { "@Name": attribute(string()) }), 0, 3),
        Nothing: element(ns.complexType({})),
      },
      { mixed: true },
    ),
  ),
  Text: ns.global("Text", string()),
});

function errorOf(json: unknown): ExiError {
  try {
    set.fromJson("Message", json);
  } catch (error) {
    if (error instanceof ExiError) return error;
    throw error;
  }
  expect.unreachable("nothing was refused");
}

const json = {
  "@Id": "id1",
  Session: "00FFA0",
  Certificate: "AP+g",
  Serial: "1461501637330902918203684832716283019655932542976",
  Code: "OK" as const,
  Ready: false,
  Item: [{ "@Name": "n", "#text": 1 }, { "#text": 2 }],
  Nothing: {},
  "#text": "between",
};
const value = {
  ...json,
  Session: Uint8Array.of(0, 255, 160),
  Certificate: Uint8Array.of(0, 255, 160),
  Serial: 2n ** 160n,
};

describe("the JSON form", () => {
  it("shows bytes as text, large integers as digits and everything else as it is", () => {
    expect(set.toJson("Message", value)).toEqual(json);
    expect(set.fromJson("Message", json)).toEqual(value);
    expect(set.toJson("Text", "t")).toBe("t");
  });

  it("keeps schema order whatever the order given", () => {
    const shuffled = Object.fromEntries(Object.entries(value).reverse());
    expect(Object.keys(set.toJson("Message", shuffled as typeof value) as object)).toEqual(Object.keys(json));
  });

  it("takes any digits and either case, and gives the one form", () => {
    const read = set.fromJson("Message", { ...json, Serial: "-5", Session: "00ffa0" });
    expect(read).toMatchObject({ Serial: -5, Session: value.Session });
    expect(set.toJson("Message", { ...value, Serial: 5n })).toMatchObject({ Serial: 5 });
  });

  it("leaves out what is undefined", () => {
    const sparse = { "@Id": "i", Nothing: {}, Session: undefined };
    expect(set.toJson("Message", sparse as never)).toEqual({ "@Id": "i", Nothing: {} });
  });

  it("fits fragments of any element", () => {
    expect(set.fragmentFromJson("Session", "00")).toEqual(Uint8Array.of(0));
    expect(set.fragmentToJson("Item", { "#text": 7 })).toEqual({ "#text": 7 });
  });
});

describe("bad case: JSON that is not of the schema", () => {
  it.each([
    ["an unknown key", { Sesion: "00" }, "Message/Sesion", "one of @Id, Session"],
    ["odd hexadecimal", { Session: "0" }, "Message/Session", "hex text"],
    ["a number for bytes", { Session: 0 }, "Message/Session", "hex text"],
    ["base64 without padding", { Certificate: "AP+" }, "Message/Certificate", "base64 text"],
    ["a fraction", { Serial: 1.5 }, "Message/Serial", "an integer"],
    ["digits that are none", { Serial: "0x10" }, "Message/Serial", "an integer"],
    ["digits without end", { Serial: "9".repeat(201) }, "Message/Serial", "an integer"],
    ["a number beyond 2^53", { Serial: 2 ** 60 }, "Message/Serial", "an integer"],
    ["an unknown name", { Code: "Ok" }, "Message/Code", "one of OK, FAILED"],
    ["a word for a boolean", { Ready: "true" }, "Message/Ready", "true or false"],
    ["null", { Ready: null }, "Message/Ready", "true or false"],
    ["no array", { Item: { "#text": 1 } }, "Message/Item", "an array"],
    ["a wrong item", { Item: [{ "#text": 1 }, { "#text": "1x" }] }, "Message/Item[1]/#text", "an integer 0 to 255"],
    ["an array for an object", { Nothing: [] }, "Message/Nothing", "an object"],
  ])("%s", (_, part, path, expected) => {
    const error = errorOf({ ...json, ...part });
    expect(error.path).toBe(path);
    expect(error.expected).toContain(expected);
  });

  it.each([null, [], "text", 5])("no object: %j", (wrong) => {
    expect(errorOf(wrong)).toMatchObject({ path: "Message", expected: "an object" });
  });

  it("a missing key is named when it is encoded", () => {
    const read = set.fromJson("Message", { "@Id": "i" });
    expect(() => set.encode("Message", read)).toThrow("Message: expected Session or Certificate");
  });

  it("a value of another type cannot be shown", () => {
    expect(() => set.toJson("Message", { ...value, Ready: "yes" } as never)).toThrow(
      "Message/Ready: expected true or false",
    );
    expect(() => set.toJson("Message", { ...value, Session: "00" } as never)).toThrow("Message/Session");
  });
});
