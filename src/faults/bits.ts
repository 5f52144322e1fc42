/** Changes in EXI that no encoder makes: values longer than the schema has them, and codes that mean nothing. */
import { InternalError } from "../util/errors.ts";

/** Octets in place of others, with the right length before them. @throws InternalError when they are not there. */
export function replaceOctets(exi: Uint8Array, old: Uint8Array, by: Uint8Array): Uint8Array {
  return replaceBits(exi, lengthBits(old.length) + bitsOf(old), lengthBits(by.length) + bitsOf(by));
}

/** ASCII text in place of another, as EXI writes a string that it has not met before. */
export function replaceText(exi: Uint8Array, old: string, by: string): Uint8Array {
  return replaceBits(exi, textBits(old), textBits(by));
}

/** Both codes at once: of two values of an enumeration the one whose code has the bits of both, which may mean nothing. */
export function united(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((octet, at) => octet | (b[at] ?? 0));
}

function replaceBits(exi: Uint8Array, old: string, by: string): Uint8Array {
  const bits = bitsOf(exi);
  const at = bits.indexOf(old);
  if (at < 0) throw new InternalError("the value that should be replaced is not in the message");
  const changed = bits.slice(0, at) + by + bits.slice(at + old.length);
  return Uint8Array.from({ length: Math.ceil(changed.length / 8) }, (_, index) =>
    Number.parseInt(changed.slice(8 * index, 8 * index + 8).padEnd(8, "0"), 2),
  );
}

function bitsOf(bytes: Uint8Array): string {
  return Array.from(bytes, (octet) => octet.toString(2).padStart(8, "0")).join("");
}

/** EXI's unsigned integer: groups of seven bits, the least first, all but the last with a leading 1. */
function lengthBits(value: number): string {
  const group = (value & 0x7f) | (value > 0x7f ? 0x80 : 0);
  return bitsOf(Uint8Array.of(group)) + (value > 0x7f ? lengthBits(value >> 7) : "");
}

/** Lengths 0 and 1 stand for strings that were met before. */
function textBits(text: string): string {
  return lengthBits(text.length + 2) + bitsOf(new TextEncoder().encode(text));
}
