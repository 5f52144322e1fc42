/** What a person may hand to `plugcharge exi`: hexadecimal, base64, a file of either or of bytes, or the standard input. */
import type { Readable } from "node:stream";
import { fromBase64, fromHex } from "../../util/bytes.ts";
import { UserError } from "../../util/errors.ts";
import { decodeHeader, HEADER_LENGTH, V2gtpError } from "../../v2gtp/header.ts";
import type { Io } from "../io.ts";

/** Far above any message in any of the forms. */
const MAX_INPUT = 1024 * 1024;

/** @returns what `input` stands for, as bytes. @throws UserError when it is no message in any form. */
export async function readBytes(input: string, io: Pick<Io, "stdin" | "readFile">): Promise<Uint8Array> {
  if (input === "-") return fromContent(await readAll(io.stdin), "the standard input");
  const direct = fromText(input, isHex);
  if (direct) return direct;
  const file = await readFileOrNothing(input, io);
  return file ? fromContent(file, input) : (fromText(input, isBase64) ?? nothing(input));
}

/** @returns what `input` stands for, as text: JSON itself, a file of it, or the standard input. */
export async function readText(input: string, io: Pick<Io, "stdin" | "readFile">): Promise<string> {
  if (/^\s*[{["]/.test(input)) return input;
  const content = input === "-" ? await readAll(io.stdin) : await readFileOrNothing(input, io);
  if (!content) throw new UserError(`${input} is neither JSON nor a file`, { expected: "JSON, a file of it, or -" });
  return Buffer.from(content).toString("utf8");
}

const isHex = (text: string) => text.length > 0 && text.length % 2 === 0 && /^[0-9a-fA-F]+$/.test(text);
const isBase64 = (text: string) => text.length > 0 && text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text);

function fromText(text: string, is: (compact: string) => boolean): Uint8Array | undefined {
  const compact = text.replace(/\s+/g, "").replace(/^0x/i, "");
  if (!is(compact)) return undefined;
  return is === isHex ? fromHex(compact) : fromBase64(compact);
}

/** EXI begins with an octet that no text begins with, and so does V2GTP. */
function fromContent(content: Uint8Array, name: string): Uint8Array {
  if (content.length === 0) return nothing(name);
  if (!isAscii(content)) return content;
  const text = Buffer.from(content).toString("latin1");
  return fromText(text, isHex) ?? fromText(text, isBase64) ?? nothing(name);
}

function isAscii(content: Uint8Array): boolean {
  return content.every(
    (octet) => octet === 0x09 || octet === 0x0a || octet === 0x0d || (octet >= 0x20 && octet < 0x7f),
  );
}

function nothing(name: string): never {
  throw new UserError(`${name} holds no message`, { expected: "hexadecimal, base64, or a file of either or of bytes" });
}

async function readFileOrNothing(path: string, io: Pick<Io, "readFile">): Promise<Uint8Array | undefined> {
  try {
    return await io.readFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENAMETOOLONG" || code === "ENOTDIR") return undefined;
    if (code === undefined) throw error;
    throw new UserError(`${path} cannot be read: ${code}`, { file: path });
  }
}

async function readAll(stream: Readable): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    chunks.push(Buffer.from(chunk));
    size += chunk.length;
    if (size > MAX_INPUT) throw new UserError("the standard input is too long", { expected: `${MAX_INPUT} bytes` });
  }
  return Buffer.concat(chunks);
}

export interface Unframed {
  readonly exi: Uint8Array;
  /** Of the V2GTP header in front, if there is one. */
  readonly payloadType?: number;
}

/** Takes off a V2GTP header. @throws UserError when it announces more than follows. */
export function unframed(bytes: Uint8Array): Unframed {
  if (bytes[0] !== 0x01 || bytes[1] !== 0xfe) return { exi: bytes };
  try {
    const { payloadType, length } = decodeHeader(bytes, bytes.length - HEADER_LENGTH);
    return { exi: bytes.subarray(HEADER_LENGTH, HEADER_LENGTH + length), payloadType };
  } catch (error) {
    if (!(error instanceof V2gtpError)) throw error;
    throw new UserError(`the V2GTP frame is cut short: ${error.message}`);
  }
}
