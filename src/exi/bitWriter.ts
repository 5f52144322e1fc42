/**
 * Writes bits and the value forms of EXI 1.0, clause 7.1. A value that cannot be written is {@link MISS}; `expected` then
 * says what could.
 *
 * Every store is one unaligned word that also zeroes what follows it, so that nothing needs clearing beforehand.
 */
import { MAX_INTEGER_OCTETS, MAX_STREAM, MISS } from "./limits.ts";

/** Behind the limit: what can be written between two checks of the size. */
const ROOM = 16_384;
const SMALL = 64;
const SLAB = 16_384;

/** The stream written so far. */
export const out: Uint8Array = new Uint8Array(MAX_STREAM + ROOM);
export const outView: DataView = new DataView(out.buffer);

export class BitWriter {
  /** The next bit. */
  p = 0;
  /** What the last failure expected. */
  expected = "";
  #slab = new ArrayBuffer(SLAB);
  #used = 0;

  fail(expected: string): never {
    this.expected = expected;
    throw MISS;
  }

  start(): void {
    this.p = 0;
    out[0] = 0;
  }

  /** Refuses to write more than the limit, counting `octets` that are about to come. */
  within(octets: number): void {
    if ((this.p >> 3) + octets > MAX_STREAM) this.fail(`at most ${MAX_STREAM} bytes`);
  }

  /** The stream, zero bits to its last octet's end. */
  finish(): Uint8Array {
    const length = (this.p + 7) >> 3;
    if (length > MAX_STREAM) this.fail(`at most ${MAX_STREAM} bytes`);
    if (length <= SMALL) return out.slice(0, length);
    const bytes = this.#room(length);
    bytes.set(out.subarray(0, length));
    return bytes;
  }

  /** Parts of a shared slab for results of middle size: a buffer of their own costs more than all the encoding. */
  #room(length: number): Uint8Array {
    if (length > SLAB / 4) return new Uint8Array(length);
    if (this.#used + length > SLAB) {
      this.#slab = new ArrayBuffer(SLAB);
      this.#used = 0;
    }
    const room = new Uint8Array(this.#slab, this.#used, length);
    this.#used += length;
    return room;
  }

  /** @param n at most 24. */
  bits(n: number, value: number): void {
    const { p } = this;
    const at = p >> 3;
    outView.setInt32(at, ((out[at] as number) << 24) | (value << (32 - n - (p & 7))));
    this.p = p + n;
  }

  /** An Unsigned Integer, clause 7.1.6; a whole number of at least 0. */
  unsigned(value: number | bigint): void {
    let rest = typeof value === "bigint" ? this.#large(value) : value;
    for (; rest > 0x7fff_ffff; rest = Math.floor(rest / 128)) this.bits(8, (rest % 128) | 128);
    for (; rest > 127; rest >>>= 7) this.bits(8, (rest & 127) | 128);
    this.bits(8, rest);
  }

  /** All octets but those that a number can hold. @returns what is left. */
  #large(value: bigint): number {
    if (value >> BigInt(7 * MAX_INTEGER_OCTETS) > 0n) this.fail(`an integer of at most ${MAX_INTEGER_OCTETS} octets`);
    let rest = value;
    for (; rest > Number.MAX_SAFE_INTEGER; rest >>= 7n) this.bits(8, Number(rest & 127n) | 128);
    return Number(rest);
  }

  /** An Integer, clause 7.1.5. */
  integer(value: number | bigint): void {
    const negative = value < 0;
    this.bits(1, negative ? 1 : 0);
    if (!negative) this.unsigned(value);
    else this.unsigned(typeof value === "bigint" ? -value - 1n : -value - 1);
  }

  /** Binary, clause 7.1.1. */
  binary(value: Uint8Array): void {
    const { length } = value;
    this.within(length);
    this.unsigned(length);
    this.#octets(value, length);
  }

  /** A String in full, clause 7.1.10. */
  string(value: string): void {
    const { length } = value;
    this.within(length);
    const start = this.p;
    this.unsigned(length + 2);
    if (this.#ascii(value, length)) return;
    this.#rewind(start);
    this.#codePoints(value);
  }

  /** Goes to bit `p` and clears the rest of its octet, as every store leaves it. */
  #rewind(p: number): void {
    const at = p >> 3;
    out[at] = (out[at] as number) & (0xff00 >> (p & 7));
    this.p = p;
  }

  /** Sets the octets in place and then moves them by the odd bits, a word at a time. */
  #octets(value: Uint8Array, length: number): void {
    const from = this.p >> 3;
    const shift = this.p & 7;
    this.p += length * 8;
    if (shift === 0) {
      out.set(value, from);
      out[from + length] = 0;
      return;
    }
    let carry = (out[from] as number) << 24;
    out.set(value, from);
    for (let at = from; at < from + length + 1; at += 4) {
      const word = outView.getInt32(at);
      outView.setInt32(at, carry | (word >>> shift));
      carry = word << (32 - shift);
    }
    this.#rewind(this.p);
  }

  /** One octet a character; false when one needs more. */
  #ascii(value: string, length: number): boolean {
    let all = 0;
    const shift = this.p & 7;
    let at = this.p >> 3;
    let carry = (out[at] as number) << 24;
    let index = 0;
    for (; index + 4 <= length; index += 4, at += 4) {
      const a = value.charCodeAt(index);
      const b = value.charCodeAt(index + 1);
      const c = value.charCodeAt(index + 2);
      const d = value.charCodeAt(index + 3);
      all |= a | b | c | d;
      const word = (a << 24) | (b << 16) | (c << 8) | d;
      outView.setInt32(at, carry | (word >>> shift));
      carry = shift === 0 ? 0 : word << (32 - shift);
    }
    outView.setInt32(at, carry);
    this.p += index * 8;
    for (; index < length; index++) {
      const code = value.charCodeAt(index);
      all |= code;
      this.bits(8, code & 255);
    }
    return all < 128;
  }

  #codePoints(value: string): void {
    const points = Array.from(value, (character) => character.codePointAt(0) as number);
    this.within(points.length * 3);
    this.unsigned(points.length + 2);
    for (const point of points) {
      if (point >= 0xd800 && point < 0xe000) this.fail("text without lone surrogates");
      this.unsigned(point);
    }
  }
}
