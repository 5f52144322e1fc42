/** What single DER elements say: numbers, object identifiers, texts. */
import { toHex } from "../util/bytes.ts";
import { type DerNode, derTag } from "./der.ts";
import { X509Error } from "./errors.ts";

/** Dotted. */
export function oidText({ content }: DerNode): string {
  const arcs: bigint[] = [];
  let arc = 0n;
  for (const octet of content) {
    arc = (arc << 7n) | BigInt(octet & 0x7f);
    if (octet >= 0x80) continue;
    arcs.push(arc);
    arc = 0n;
  }
  const [first = 0n, ...rest] = arcs;
  const top = first < 80n ? first / 40n : 2n;
  return [top, first - top * 40n, ...rest].join(".");
}

/** More than any count has is as good as more. */
const MANY = 0xffff;

/** A count from 0 on. @throws X509Error for a negative number. */
export function smallNumber({ content }: DerNode, what: string): number {
  if ((content[0] ?? 0x80) >= 0x80) throw new X509Error(`${what} is less than nothing`);
  return content.length > 2 ? MANY : Number.parseInt(toHex(content), 16);
}

/** X.680, 41: the string types of names and what their octets mean; Latin-1 is what people write as T.61. */
const decoders: Partial<Record<number, (content: Uint8Array) => string>> = {
  [derTag.utf8String]: (content) => new TextDecoder().decode(content),
  [derTag.numericString]: latin1,
  [derTag.printableString]: latin1,
  [derTag.teletexString]: latin1,
  [derTag.ia5String]: latin1,
  [derTag.bmpString]: (content) => characters(content, 2),
  [derTag.universalString]: (content) => characters(content, 4),
};

/** A text; of another type its octets in hexadecimal with `#` in front (RFC 4514, 2.4). @throws X509Error when it is cut off. */
export function textOf({ tag, content, raw }: DerNode): string {
  return decoders[tag]?.(content) ?? `#${toHex(raw)}`;
}

/** One octet, one character. */
export function latin1(content: Uint8Array): string {
  return Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString("latin1");
}

const LAST_CHARACTER = 0x10ffff;

function characters(content: Uint8Array, size: 2 | 4): string {
  if (content.length % size !== 0) throw new X509Error("half a character");
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  let text = "";
  for (let at = 0; at < content.length; at += size) {
    const code = size === 2 ? view.getUint16(at) : view.getUint32(at);
    if (code > LAST_CHARACTER) throw new X509Error("no character");
    text += size === 2 ? String.fromCharCode(code) : String.fromCodePoint(code);
  }
  return text;
}
