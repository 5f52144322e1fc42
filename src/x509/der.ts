/**
 * DER, read strictly. The schemas of `@peculiar/asn1-*` read BER: they do not see an indefinite length, a padded integer or octets
 * behind a structure, nor keep the very octets of a name, which hash data need.
 */
import { concatBytes, fromHex } from "../util/bytes.ts";
import { X509Error } from "./errors.ts";

/** One tag, length and value; `raw` is all of it, `content` the value alone. Both are views into the input. */
export interface DerNode {
  /** The identifier octet: class, constructed bit and number below 31. */
  readonly tag: number;
  readonly raw: Uint8Array;
  readonly content: Uint8Array;
}

export const derTag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  numericString: 0x12,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  universalString: 0x1c,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Nothing in X.509 nests deeper; a bound keeps hostile input from exhausting the stack. */
const MAX_DEPTH = 24;

/** Reads the element at `offset`. @throws X509Error when it is not DER or runs over the end. */
function readAt(bytes: Uint8Array, offset: number): DerNode {
  const tag = bytes[offset];
  const first = bytes[offset + 1];
  if (tag === undefined || first === undefined) throw new X509Error("DER: cut off in a header");
  if ((tag & 0x1f) === 0x1f) throw new X509Error("DER: tag numbers above 30 have no place here");
  const [length, header] = first < 0x80 ? [first, 2] : longLength(bytes, offset, first & 0x7f);
  const end = offset + header + length;
  if (end > bytes.length) throw new X509Error("DER: a length runs over the end");
  return { tag, raw: bytes.subarray(offset, end), content: bytes.subarray(offset + header, end) };
}

function longLength(bytes: Uint8Array, offset: number, count: number): [length: number, header: number] {
  if (count === 0) throw new X509Error("DER: indefinite length");
  if (count > 4) throw new X509Error("DER: a length of more than four octets");
  let length = 0;
  for (let i = 0; i < count; i++) length = length * 256 + (bytes[offset + 2 + i] ?? 0);
  if (length < 0x80 || length < 256 ** (count - 1)) throw new X509Error("DER: a length not in its shortest form");
  return [length, 2 + count];
}

/** The elements inside `content`, in order. @throws X509Error */
export function derChildren(content: Uint8Array): DerNode[] {
  const nodes: DerNode[] = [];
  for (let offset = 0; offset < content.length; ) {
    const node = readAt(content, offset);
    nodes.push(node);
    offset += node.raw.length;
  }
  return nodes;
}

/** Writes one element. */
export function writeDer(tag: number, ...content: readonly Uint8Array[]): Uint8Array {
  const body = concatBytes(...content);
  const digits = body.length.toString(16);
  const octets = fromHex(digits.length % 2 ? `0${digits}` : digits);
  const length = body.length < 0x80 ? octets : concatBytes(new Uint8Array([0x80 | octets.length]), octets);
  return concatBytes(new Uint8Array([tag]), length, body);
}

/** Reads one element that fills `bytes` and is DER all the way down. @throws X509Error */
export function readDer(bytes: Uint8Array): DerNode {
  const node = readAt(bytes, 0);
  if (node.raw.length !== bytes.length) throw new X509Error("DER: octets behind the end");
  checkNode(node, 0);
  return node;
}

/** The octets of a bit string that is made of whole ones, as keys and signatures are. @throws X509Error */
export function bitStringOctets(node: DerNode | undefined): Uint8Array {
  if (node?.tag !== derTag.bitString || node.content[0] !== 0) throw new X509Error("DER: not a bit string of octets");
  return node.content.subarray(1);
}

function checkNode(node: DerNode, depth: number): void {
  if (depth > MAX_DEPTH) throw new X509Error("DER: nested too deeply");
  const constructed = (node.tag & 0x20) !== 0;
  const universal = (node.tag & 0xc0) === 0;
  if (constructed) {
    if (universal && node.tag !== derTag.sequence && node.tag !== derTag.set) {
      throw new X509Error("DER: a string in pieces");
    }
    for (const child of derChildren(node.content)) checkNode(child, depth + 1);
  } else if (universal) checkPrimitive(node);
}

const rules: Partial<Record<number, (content: Uint8Array) => boolean>> = {
  [derTag.boolean]: (c) => c.length === 1 && (c[0] === 0x00 || c[0] === 0xff),
  [derTag.integer]: isShortestInteger,
  [derTag.bitString]: isBitString,
  [derTag.null]: (c) => c.length === 0,
  [derTag.oid]: isOid,
  [derTag.utf8String]: isUtf8,
  [derTag.ia5String]: (c) => c.every((octet) => octet < 0x80),
  [derTag.utcTime]: (c) => /^\d{12}Z$/.test(latin1(c)),
  [derTag.generalizedTime]: (c) => /^\d{14}Z$/.test(latin1(c)),
  [derTag.sequence & 0x1f]: () => false,
  [derTag.set & 0x1f]: () => false,
};

function checkPrimitive(node: DerNode): void {
  const rule = rules[node.tag];
  if (rule && !rule(node.content)) {
    throw new X509Error(`DER: an element of tag 0x${node.tag.toString(16).padStart(2, "0")} is not well formed`);
  }
}

function isShortestInteger(content: Uint8Array): boolean {
  const [first, second] = content;
  if (first === undefined) return false;
  if (second === undefined) return true;
  return !((first === 0x00 && second < 0x80) || (first === 0xff && second >= 0x80));
}

function isBitString(content: Uint8Array): boolean {
  const unused = content[0];
  if (unused === undefined || unused > 7) return false;
  if (content.length === 1) return unused === 0;
  return ((content.at(-1) ?? 0) & ((1 << unused) - 1)) === 0;
}

function isOid(content: Uint8Array): boolean {
  if (content.length === 0 || (content.at(-1) ?? 0) >= 0x80) return false;
  return content.every((octet, i) => octet !== 0x80 || (content[i - 1] ?? 0) >= 0x80);
}

function isUtf8(content: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(content);
    return true;
  } catch {
    return false;
  }
}

function latin1(content: Uint8Array): string {
  return Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString("latin1");
}
