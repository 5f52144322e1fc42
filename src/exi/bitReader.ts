/**
 * Reads bits and the value forms of EXI 1.0, clause 7.1. Every failure is {@link MISS}; `expected` then says of what.
 *
 * The stream is copied to a scratch buffer with room behind its end, so that any 32 bits are one unaligned load. Loads may
 * run into that room, values may not: sizes are compared with `end` before anything is allocated.
 */
import { MAX_INTEGER_OCTETS, MAX_STREAM, MISS } from "./limits.ts";

const ROOM = 64;
/** Octets up to which a new Uint8Array lies on V8's own heap, which is faster than a part of the arena. */
const SMALL = 64;

const stream = new Uint8Array(MAX_STREAM + ROOM);
/** The stream: `view.getInt32(p >> 3) << (p & 7)` are the 25 bits from bit p, leftmost first. */
export const view = new DataView(stream.buffer);

const aligned = new Uint8Array(MAX_STREAM + ROOM);
const alignedView = new DataView(aligned.buffer);
/** Node's direct way to a one-octet string, twice as fast as `toString("latin1")`. */
const alignedText = Buffer.from(aligned.buffer) as Buffer & { latin1Slice(start: number, end: number): string };

export class BitReader {
  /** The next bit. */
  p = 0;
  /** Bits of the stream. */
  end = 0;
  /** Where the last read of {@link bits} began; after a failure, what was not understood. */
  at = 0;
  /** What the last failure expected. */
  expected = "";
  /** One buffer for all large values of a message. */
  #arena: ArrayBuffer | undefined;
  #used = 0;

  load(bytes: Uint8Array): void {
    const { length } = bytes;
    this.p = 0;
    this.at = 0;
    this.end = 0;
    this.#arena = undefined;
    if (length > MAX_STREAM) this.fail(`at most ${MAX_STREAM} bytes`);
    stream.set(bytes);
    view.setInt32(length, 0);
    view.setInt32(length + 4, 0);
    this.end = length * 8;
  }

  fail(expected: string): never {
    this.expected = expected;
    throw MISS;
  }

  /** Refuses when what was read lies behind the end. */
  within(): void {
    if (this.p > this.end) this.fail("more bytes");
  }

  /** @param n at most 25. */
  bits(n: number): number {
    const { p } = this;
    this.at = p;
    if (n === 0) return 0;
    if (p + n > this.end) this.fail("more bytes");
    this.p = p + n;
    return (view.getInt32(p >> 3) << (p & 7)) >>> (32 - n);
  }

  /** An Unsigned Integer, clause 7.1.6. */
  unsigned(): number | bigint {
    const octet = this.bits(8);
    return octet < 128 ? octet : this.more(octet);
  }

  /** The rest of an Unsigned Integer whose first octet, already read, says that there is more. */
  more(first: number): number | bigint {
    let value = first & 127;
    let factor = 128;
    for (let count = 1; count < 7; count++) {
      const octet = this.bits(8);
      value += (octet & 127) * factor;
      if (octet < 128) return value;
      factor *= 128;
    }
    return this.#large(value);
  }

  /** The same beyond 49 bits. */
  #large(low: number): number | bigint {
    let value = BigInt(low);
    for (let count = 7; count < MAX_INTEGER_OCTETS; count++) {
      const octet = this.bits(8);
      value += BigInt(octet & 127) << BigInt(7 * count);
      if (octet < 128) return value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
    }
    this.fail(`an integer of at most ${MAX_INTEGER_OCTETS} octets`);
  }

  /** An Integer, clause 7.1.5. */
  integer(): number | bigint {
    const negative = this.bits(1) === 1;
    const magnitude = this.unsigned();
    return negative ? negated(magnitude) : magnitude;
  }

  /** A number of things of at least 8 bits each, which must still be in the stream. */
  count(least: number): number {
    const count = this.unsigned();
    if (typeof count === "bigint" || count < least || this.p + (count - least) * 8 > this.end) this.fail("more bytes");
    return count - least;
  }

  /** Binary, clause 7.1.1. */
  binary(): Uint8Array {
    const length = this.count(0);
    this.#align(length);
    const out = length <= SMALL ? new Uint8Array(length) : this.#room(length);
    out.set(aligned.subarray(0, length));
    return out;
  }

  /** A String that is given in full, clause 7.1.10; the two lengths below mean an earlier value and are a failure here. */
  string(): string {
    return this.characters(this.count(2));
  }

  /** `count` characters, one Unsigned Integer each. The caller knows that there are as many octets. */
  characters(count: number): string {
    const start = this.p;
    if ((this.#align(count) & 0x80808080) === 0) return alignedText.latin1Slice(0, count);
    this.p = start;
    let text = "";
    for (let index = 0; index < count; index++) text += String.fromCodePoint(this.#codePoint());
    return text;
  }

  #codePoint(): number {
    const point = this.unsigned();
    if (typeof point === "bigint" || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) this.fail("a character");
    return point;
  }

  #room(length: number): Uint8Array {
    if (!this.#arena) {
      this.#arena = new ArrayBuffer(length + ((this.end - this.p) >> 3));
      this.#used = 0;
    }
    const room = new Uint8Array(this.#arena, this.#used, length);
    this.#used += length;
    return room;
  }

  /** Moves `length` octets from the present bit to the start of `aligned`, four at a time. @returns all of them, or-ed. */
  #align(length: number): number {
    const shift = this.p & 7;
    let from = this.p >> 3;
    this.p += length * 8;
    this.within();
    let all = 0;
    let word = view.getInt32(from);
    for (let to = 0; to < length; to += 4) {
      from += 4;
      const next = view.getInt32(from);
      const moved = shift === 0 ? word : (word << shift) | (next >>> (32 - shift));
      alignedView.setInt32(to, moved);
      all |= to + 4 <= length ? moved : moved >>> (8 * (4 - length + to));
      word = next;
    }
    return all;
  }
}

/** EXI writes -1 as 0, -2 as 1, and so on. */
export function negated(magnitude: number | bigint): number | bigint {
  if (typeof magnitude === "number" && magnitude < Number.MAX_SAFE_INTEGER) return -magnitude - 1;
  return -BigInt(magnitude) - 1n;
}
