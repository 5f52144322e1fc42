import { describe, expect, it } from "vitest";
import { ExiError } from "../../src/exi/errors.ts";
import { boolean, element, namespace, repeated, schemaSet, string, unsignedByte } from "../../src/exi/schema.ts";
import { replaceOctets } from "../../src/faults/bits.ts";
import { appProtocol } from "../../src/iso15118/appProtocol.ts";
import { iso2 } from "../../src/iso15118/iso2/index.ts";
import { xmldsig } from "../../src/iso15118/xmldsig.ts";
import { fromHex } from "../../src/util/bytes.ts";

function errorOf(run: () => unknown): ExiError {
  try {
    run();
  } catch (error) {
    if (error instanceof ExiError) return error;
    throw error;
  }
  expect.unreachable("nothing was refused");
}

const header = { SessionID: new Uint8Array(8) };
const entry = { ProtocolNamespace: "urn", VersionNumberMajor: 2, VersionNumberMinor: 0, SchemaID: 1, Priority: 1 };

describe("a value that cannot be encoded", () => {
  it.each([
    [
      "a missing element",
      { AppProtocol: [{ ...entry, Priority: undefined }] },
      "supportedAppProtocolReq/AppProtocol[0]",
      "Priority",
    ],
    [
      "a wrong item",
      { AppProtocol: [entry, { ...entry, Priority: 21 }] },
      "supportedAppProtocolReq/AppProtocol[1]/Priority",
      "an integer 1 to 20",
    ],
    ["null", { AppProtocol: [entry, null] }, "supportedAppProtocolReq/AppProtocol[1]", "an object"],
    ["a hole", { AppProtocol: [entry, undefined] }, "supportedAppProtocolReq/AppProtocol[1]", "an object"],
    ["no list", { AppProtocol: entry }, "supportedAppProtocolReq/AppProtocol", "an array"],
    ["an empty list", { AppProtocol: [] }, "supportedAppProtocolReq", "AppProtocol"],
    [
      "a list too long",
      { AppProtocol: Array.from({ length: 21 }, () => entry) },
      "supportedAppProtocolReq/AppProtocol",
      "at most 20 of them",
    ],
    ["no object", 5, "supportedAppProtocolReq", "an object"],
  ])("is named: %s", (_, value, path, expected) => {
    const error = errorOf(() => appProtocol.encode("supportedAppProtocolReq", value as never));
    expect(error).toMatchObject({ path, expected, bit: undefined, fault: "peer" });
  });

  it("names an array where one element may be", () => {
    const body = { SessionSetupReq: { EVCCID: new Uint8Array(6) } };
    const value = { Header: { ...header, Notification: [] }, Body: body } as never;
    expect(errorOf(() => iso2.encode("V2G_Message", value))).toMatchObject({
      path: "V2G_Message/Header/Notification",
      expected: "an object",
    });
  });

  it("names two members of one group", () => {
    const body = { SessionStopReq: { ChargingSession: "Terminate" }, WeldingDetectionReq: {} };
    const error = errorOf(() => iso2.encode("V2G_Message", { Header: header, Body: body } as never));
    expect(error).toMatchObject({ path: "V2G_Message/Body/WeldingDetectionReq", expected: "no such element here" });
  });

  it("names an abstract member", () => {
    const error = errorOf(() => iso2.encode("V2G_Message", { Header: header, Body: { BodyElement: {} } } as never));
    expect(error.path).toBe("V2G_Message/Body/BodyElement");
  });

  it.each(["Nonsense", "BodyElement"])("names a root that there is not: %s", (root) => {
    expect(errorOf(() => iso2.encode(root as never, {} as never)).path).toBe(root);
    expect(errorOf(() => iso2.toJson(root as never, {} as never)).path).toBe(root);
  });

  it("names a fragment that there is not", () => {
    expect(errorOf(() => xmldsig.encodeFragment("Nonsense", {})).path).toBe("Nonsense");
    expect(errorOf(() => xmldsig.fragmentToJson("Nonsense", {})).path).toBe("Nonsense");
  });

  it.each([
    [{ "@Id": "a", "@Other": "b", "#text": "t" }, "eMAID/@Other", "an attribute of the schema"],
    [{ "@Id": "a" }, "eMAID", "text"],
    [7, "eMAID", "text"],
  ])("names what is wrong in a fragment of any type: %j", (value, path, expected) => {
    expect(errorOf(() => iso2.encodeFragment("eMAID", value))).toMatchObject({ path, expected });
  });
});

describe("bytes that cannot be decoded", () => {
  it("are located by path and bit", () => {
    const bytes = iso2.encode("V2G_Message", {
      Header: header,
      Body: { SessionSetupReq: { EVCCID: new Uint8Array(6) } },
    });
    expect(errorOf(() => iso2.decode(bytes.subarray(0, 14)))).toMatchObject({
      path: "V2G_Message/Body/SessionSetupReq/EVCCID",
      expected: "more bytes",
    });
    const error = errorOf(() => iso2.decode(bytes.subarray(0, 4)));
    expect(error.path).toBe("V2G_Message/Header/SessionID");
    expect(error.message).toBe(`V2G_Message/Header/SessionID at bit ${error.bit}: expected more bytes`);
  });

  it.each([
    ["nothing", ""],
    ["no EXI", "00"],
    ["a cookie", "2445584980"],
    ["another version", "8198"],
    ["options", "a098"],
  ])("are refused at the header: %s", (_, hex) => {
    expect(errorOf(() => iso2.decode(fromHex(hex)))).toMatchObject({ path: "EXI", bit: 0 });
  });

  it("are refused at an abstract root", () => {
    const code = Object.keys(iso2.elements).sort().indexOf("BodyElement");
    const bytes = Uint8Array.of(0x80, code << 1, 0, 0);
    expect(errorOf(() => iso2.decode(bytes)).expected).toBe("a member of BodyElement, which is abstract");
  });

  it("are refused at a root that no schema has", () => {
    expect(errorOf(() => iso2.decode(Uint8Array.of(0x80, 0xa0))).expected).toBe("a known root element");
    expect(errorOf(() => iso2.decodeFragment(Uint8Array.of(0x80, 0xff, 0))).expected).toBe("a known element");
  });

  it("are refused where a fragment goes on", () => {
    const fragment = xmldsig.encodeFragment("DigestValue", new Uint8Array(1));
    const last = fragment.length - 1;
    fragment[last] = (fragment[last] as number) ^ 0x80;
    expect(errorOf(() => xmldsig.decodeFragment(fragment))).toMatchObject({
      path: "EXI",
      expected: "the end of the fragment",
    });
  });
});

describe("bits behind the end", () => {
  const bytes = appProtocol.encode("supportedAppProtocolReq", { AppProtocol: [entry] });

  it("are ignored, as other codecs do", () => {
    const longer = Uint8Array.of(...bytes, 0xff, 0);
    expect(appProtocol.decode(longer)).toEqual(appProtocol.decode(bytes));
  });
});

describe("hostile sizes", () => {
  const ns = namespace("urn:test");
  const many = Number.POSITIVE_INFINITY;
  const set = schemaSet("test", {
    list: ns.global("list", ns.complexType({ A: repeated(ns.complexType({}), 0, many) })),
    texts: ns.global("texts", ns.complexType({ T: repeated(string(), 0, many), End: element(boolean) })),
    bytes: ns.global("bytes", ns.complexType({ B: repeated(unsignedByte, 1, many) })),
  });

  it("bad case: a stream beyond the limit", () => {
    expect(errorOf(() => set.decode(new Uint8Array(65_537))).expected).toBe("at most 65536 bytes");
    expect(errorOf(() => set.encode("texts", { T: ["x".repeat(70_000)], End: true })).expected).toBe(
      "at most 65536 bytes",
    );
    const wide = { T: ["ü".repeat(60_000)], End: true };
    expect(errorOf(() => set.encode("texts", wide)).expected).toBe("at most 65536 bytes");
    const small = { B: Array.from({ length: 70_000 }, () => 1) };
    expect(errorOf(() => set.encode("bytes", small)).expected).toBe("at most 65536 bytes");
  });

  it("a stream at the limit", () => {
    const value = { T: ["x".repeat(65_525)], End: true };
    const bytes = set.encode("texts", value);
    expect(bytes.length).toBeGreaterThan(65_520);
    expect(set.decode(bytes)).toEqual({ root: "texts", value });
  });

  it("bad case: a length that the stream does not have is refused before anything is allocated", () => {
    const huge = fromHex("8000ffffffffffff7f");
    expect(errorOf(() => appProtocol.decode(huge)).expected).toBe("more bytes");
    const endless = new Uint8Array(65_536).fill(0xff);
    endless[0] = 0x80;
    expect(() => appProtocol.decode(endless)).toThrow(ExiError);
    expect(() => xmldsig.decodeFragment(endless)).toThrow(ExiError);
  });

  it("bad case: items without end run into the stream's end", () => {
    const zeros = new Uint8Array(65_536);
    zeros[0] = 0x80;
    expect(errorOf(() => set.decode(zeros)).path).toMatch(/^bytes|^list/);
  });

  it("bad case: an earlier string that is called again and again", () => {
    const start = set.encode("texts", { T: ["x".repeat(2000)], End: true });
    const bits = [...start].map((octet) => octet.toString(2).padStart(8, "0")).join("");
    // Header, root, code, characters, length, text, end of T; then T, characters, length 1 (an earlier string), end of T.
    const upToT = bits.slice(0, 8 + 2 + 2 + 1 + 16 + 16_000 + 1);
    const octets = (upToT + "000000000010".repeat(2000)).match(/.{8}/g) ?? [];
    const error = errorOf(() => set.decode(Uint8Array.from(octets, (digits) => Number.parseInt(digits, 2))));
    expect(error.expected).toBe("at most 65536 characters of earlier strings");
  });
});

describe("what strangers send", () => {
  it("bad case: a text or octets longer than the schema allows are read, but not strictly", () => {
    const Header = { SessionID: new Uint8Array(8) };
    const EVCCID = Uint8Array.of(1, 2, 3, 4, 5, 6);
    const exi = iso2.encode("V2G_Message", { Header, Body: { SessionSetupReq: { EVCCID } } });
    expect(iso2.decodeStrictly(exi).value).toEqual(iso2.decode(exi).value);
    const longer = replaceOctets(exi, EVCCID, Uint8Array.of(...EVCCID, 7));
    expect(iso2.decode(longer).root).toBe("V2G_Message");
    expect(() => iso2.decodeStrictly(longer)).toThrow(
      "V2G_Message/Body/SessionSetupReq/EVCCID: expected at most 6 bytes",
    );
  });
});
