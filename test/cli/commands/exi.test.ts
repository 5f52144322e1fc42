import { PassThrough, Readable, Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { exiCommand } from "../../../src/cli/commands/exi.ts";
import { fromHex, toBase64 } from "../../../src/util/bytes.ts";
import { UserError } from "../../../src/util/errors.ts";
import { encodeFrame, payloadType } from "../../../src/v2gtp/header.ts";
import { type Vector, vectors } from "../../exi/vectors.ts";

interface World {
  readonly stdin?: Readable;
  readonly files?: Readonly<Record<string, Uint8Array | string>>;
}

function collector() {
  const chunks: string[] = [];
  const stream = new PassThrough();
  stream.on("data", (chunk) => chunks.push(String(chunk)));
  return { stream, text: () => chunks.join("") };
}

/** Runs one command line. */
async function run(args: readonly string[], { stdin = Readable.from([]), files = {} }: World = {}) {
  const stdout = collector();
  const stderr = collector();
  let code = 0;
  const io = {
    ...{ stdin, stdout: stdout.stream, stderr: stderr.stream },
    readFile: async (path: string) => {
      const content = files[path];
      if (content === undefined) throw Object.assign(new RangeError("no such file"), { code: "ENOENT" });
      return new Uint8Array(Buffer.from(content));
    },
    setExitCode: (next: number) => {
      code = next;
    },
  };
  await exiCommand(io).exitOverride().parseAsync(args, { from: "user" });
  return { out: stdout.text(), err: stderr.text(), code };
}

const shared = vectors("shared");
const vectorOf = (id: string) => shared.find((vector) => vector.id.startsWith(id)) as Vector;
const setup = vectorOf("iso-2/d/SessionSetupReq");
const dinSetup = vectorOf("din/d/SessionSetupReq");
const handshake = vectorOf("app-protocol/d/supportedAppProtocolRes");
const signed = vectorOf("xmldsig/f/SignedInfo");

describe("plugcharge exi decode", () => {
  it("shows a message as a tree and says which schema it has guessed", async () => {
    const { out } = await run(["decode", setup.exi]);
    const lines = out.split("\n");
    expect(lines[0]).toBe(`guessed iso-2 document, ${setup.exi.length / 2} bytes`);
    expect(lines.slice(1, 4)).toEqual([
      "V2G_Message",
      "  Header",
      expect.stringMatching(/^ {4}SessionID: ([0-9A-F]{2})+$/),
    ]);
    expect((await run(["decode", handshake.exi])).out).toMatch(/^guessed app-protocol document/);
    expect((await run(["decode", dinSetup.exi])).out).toMatch(/^guessed din document/);
  });

  it.each([
    ["hexadecimal in capitals", setup.exi.toUpperCase(), {}],
    ["hexadecimal with 0x", `0x${setup.exi}`, {}],
    ["base64", toBase64(fromHex(setup.exi)), {}],
    ["a file of bytes", "m.exi", { files: { "m.exi": fromHex(setup.exi) } }],
    ["a file of hexadecimal", "m.hex", { files: { "m.hex": `${setup.exi.slice(0, 20)}\n ${setup.exi.slice(20)}\n` } }],
    ["a file of base64", "m.b64", { files: { "m.b64": toBase64(fromHex(setup.exi)) } }],
    ["the standard input", "-", { stdin: Readable.from([Buffer.from(fromHex(setup.exi))]) }],
    ["text on the standard input", "-", { stdin: Readable.from([Buffer.from(setup.exi)]) }],
    ["a V2GTP frame", "f", { files: { f: encodeFrame(payloadType.exi, fromHex(setup.exi)) } }],
  ] as [string, string, World][])("takes %s", async (_, input, world) => {
    const { out } = await run(["decode", "--json", input], world);
    expect(JSON.parse(out)).toEqual({ schema: "iso-2", kind: "document", root: setup.root, json: setup.json });
  });

  it("says that a V2GTP header was in front", async () => {
    const frame = Buffer.from(encodeFrame(payloadType.exi, fromHex(setup.exi))).toString("hex");
    expect((await run(["decode", frame])).out).toContain("V2GTP payload type 8001");
  });

  it("shows fragments of the schema named, bytes shortened", async () => {
    const { out } = await run(["decode", "--fragment", "--schema", "xmldsig", signed.exi]);
    expect(out).toContain("xmldsig fragment");
    expect(out).toMatch(/DigestValue: [0-9A-F]{48}… \(\d+ bytes\)/);
  });

  it("shows no control characters of the peer", async () => {
    const json = { "@Algorithm": "\u001b[2Jx" };
    const line = JSON.stringify({ schema: "xmldsig", kind: "fragment", root: "Transform", json });
    const { out: hex } = await run(["encode", line]);
    const { out } = await run(["decode", "--fragment", "--schema", "xmldsig", hex.trim()]);
    expect(out).toContain("@Algorithm: \\u{1b}[2Jx");
  });

  it("bad case: bytes that are no message are located, and the exit code is 1", async () => {
    const { out, err, code } = await run(["decode", setup.exi.slice(0, 20)]);
    expect([out, code]).toEqual(["", 1]);
    expect(err).toMatch(/^V2G_Message\S+ at bit \d+: expected more bytes\n$/);
  });

  it.each([
    ["an unknown schema", ["decode", "--schema", "iso-3", setup.exi], "one of app-protocol, din, iso-2, xmldsig"],
    [
      "an unknown schema for lines",
      ["decode", "--schema", "iso-3", "--jsonl"],
      "one of app-protocol, din, iso-2, xmldsig",
    ],
    ["no schema for a fragment", ["decode", "--fragment", signed.exi], "cannot be guessed"],
    ["a first code that is nobody's", ["decode", "80ffff"], "cannot be guessed"],
    ["neither text nor a file", ["decode", "nowhere.exi"], "holds no message"],
    ["an empty input", ["decode"], "holds no message"],
    ["a frame cut short", ["decode", "01fe8001000000ff80"], "cut short"],
  ])("bad case: %s is the user's fault", async (_, args, words) => {
    const error = await run(args).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).describe()).toContain(words);
  });
});

describe("plugcharge exi encode", () => {
  it("takes what decode --json prints", async () => {
    const { out: json } = await run(["decode", "--json", setup.exi]);
    expect((await run(["encode", "-"], { stdin: Readable.from([json]) })).out).toBe(`${setup.exi}\n`);
    expect((await run(["encode", "m.json"], { files: { "m.json": json } })).out).toBe(`${setup.exi}\n`);
  });

  it("takes a root's content, and guesses the schema of a document", async () => {
    const { out } = await run(["encode", "--root", handshake.root, JSON.stringify(handshake.json)]);
    expect(out).toBe(`${handshake.exi}\n`);
    const fragment = [
      "encode",
      "--fragment",
      "--schema",
      "xmldsig",
      "--root",
      signed.root,
      JSON.stringify(signed.json),
    ];
    expect((await run(fragment)).out).toBe(`${signed.exi}\n`);
  });

  it("bad case: a value that the schema does not allow is named", async () => {
    const { err, code } = await run(["encode", "--root", handshake.root, '{"ResponseCode":"Perhaps"}']);
    expect(err).toMatch(/^supportedAppProtocolRes\/ResponseCode: expected one of /);
    expect(code).toBe(1);
  });

  it.each([
    ["no root", ["encode", "{}"], "does not say its root element"],
    ["no JSON", ["encode", "{"], "is no JSON"],
    ["no file", ["encode", "nowhere.json"], "neither JSON nor a file"],
    ["a root of no schema that is guessed", ["encode", "--root", "Nonsense", "{}"], "no schema is guessed"],
  ])("bad case: %s is the user's fault", async (_, args, words) => {
    await expect(run(args)).rejects.toThrow(words);
  });
});

describe("plugcharge exi --jsonl", () => {
  const text = (lines: readonly object[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  const parsed = (out: string) =>
    out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { id: unknown });

  it("answers every line in order, both ways, wherever the input is cut", async () => {
    const all = text(shared);
    const cut = Array.from({ length: Math.ceil(all.length / 1000) }, (_, part) =>
      Buffer.from(all.slice(part * 1000, part * 1000 + 1000)),
    );
    const decoded = await run(["decode", "--jsonl"], { stdin: Readable.from(cut) });
    expect(parsed(decoded.out)).toEqual(shared.map(({ id, json }) => ({ id, json })));
    const encoded = await run(["encode", "--jsonl"], { stdin: Readable.from([Buffer.from(all)]) });
    expect(parsed(encoded.out)).toEqual(shared.map(({ id, exi }) => ({ id, exi })));
    expect([decoded.code, decoded.err]).toEqual([0, ""]);
  });

  it("answers a bad line with an error and goes on", async () => {
    const lines = [
      '{"id":"cut","schema":"iso-2","kind":"document","exi":"8098"}',
      "no JSON",
      "[]",
      "",
      '{"id":"odd","schema":"iso-2","exi":"809"}',
      '{"id":"none","schema":"iso-2"}',
      '{"id":"schema","schema":"iso-3","exi":"80"}',
      '{"id":"kind","schema":"iso-2","kind":"page","exi":"80"}',
      JSON.stringify({ ...setup, id: "root", root: "BodyElement" }),
      '{"id":"fragment","kind":"fragment","exi":"80"}',
      JSON.stringify({ ...setup, id: { deep: true } }),
      JSON.stringify({ ...setup, id: "last" }),
    ];
    const { out, code } = await run(["decode", "--jsonl"], { stdin: Readable.from([lines.join("\r\n")]) });
    const error = (path: string, expected: string, bit: unknown = null) => ({
      error: { path, bit, expected, message: expect.any(String) },
    });
    expect(code).toBe(0);
    expect(parsed(out)).toEqual([
      { id: "cut", ...error("V2G_Message/Header", "more bytes", 16) },
      { id: 2, ...error("", "a JSON object") },
      { id: 3, ...error("", "a JSON object") },
      { id: "odd", ...error("exi", "hexadecimal text") },
      { id: "none", ...error("exi", "hexadecimal text") },
      { id: "schema", ...error("--schema", "one of app-protocol, din, iso-2, xmldsig") },
      { id: "kind", ...error("kind", "document or fragment") },
      { id: "root", ...error("V2G_Message", "the root element BodyElement") },
      { id: "fragment", ...error("--schema", "one of app-protocol, din, iso-2, xmldsig") },
      { id: 11, json: setup.json },
      { id: "last", json: setup.json },
    ]);
  });

  it("answers what cannot be encoded", async () => {
    const lines = [
      { id: 1, schema: "iso-2", kind: "document", root: "V2G_Message", json: { Header: {}, Bdy: {} } },
      { id: 2, root: "V2G_Message", json: { Header: {}, Body: {} } },
      { id: 3, json: {} },
      { root: handshake.root, json: handshake.json },
    ];
    const { out } = await run(["encode", "--jsonl"], { stdin: Readable.from([text(lines)]) });
    expect(parsed(out)).toMatchObject([
      { id: 1, error: { path: "V2G_Message/Bdy", bit: null, expected: "one of Header, Body" } },
      { id: 2, error: { path: "V2G_Message/Header", expected: "SessionID" } },
      { id: 3, error: { path: "root", expected: "the name of the root element" } },
      { id: 4, exi: handshake.exi },
    ]);
  });

  it("bad case: a line without end costs no more memory than the longest that is kept", async () => {
    function* endless() {
      for (let chunk = 0; chunk < 100; chunk++) yield Buffer.alloc(64 * 1024, "x");
      yield Buffer.from("\n{}\n");
    }
    const { out } = await run(["decode", "--jsonl"], { stdin: Readable.from(endless()) });
    expect(parsed(out)).toMatchObject([{ id: 1, error: { message: expect.stringContaining("too long") } }, { id: 2 }]);
  });

  it("reads no further than its reader keeps up", async () => {
    let taken = 0;
    const stdin = new Readable({
      highWaterMark: 1,
      read() {
        taken++;
        this.push(taken > 500 ? null : text([handshake]));
      },
    });
    let release = () => {};
    const stdout = new Writable({
      highWaterMark: 1,
      write(_chunk, _encoding, done) {
        release = done;
      },
    });
    const io = { stdin, stdout, stderr: collector().stream, readFile: async () => new Uint8Array(), setExitCode() {} };
    const done = exiCommand(io).parseAsync(["decode", "--jsonl"], { from: "user" });
    await expect.poll(() => taken).toBeGreaterThan(0);
    await new Promise((resolve) => setImmediate(resolve));
    expect(taken).toBeLessThan(100);
    stdout._write = (_chunk, _encoding, next) => next();
    release();
    await done;
    expect(taken).toBe(501);
  });

  it("ends quietly when its reader leaves", async () => {
    const stdout = new Writable({
      write(_chunk, _encoding, done) {
        done(Object.assign(new RangeError("write EPIPE"), { code: "EPIPE" }));
      },
    });
    const io = {
      ...{ stdin: Readable.from([text(shared)]), stdout, stderr: collector().stream },
      ...{ readFile: async () => new Uint8Array(), setExitCode() {} },
    };
    await exiCommand(io).parseAsync(["decode", "--jsonl"], { from: "user" });
    expect(stdout.destroyed).toBe(true);
  });
});
