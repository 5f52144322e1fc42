/**
 * Runs of adjacent bits as one load or one store: codes, constants and short values of a type mostly stand side by side, and a 32-bit
 * word at any bit holds 25 of them.
 */

/** Bits that one unaligned load or store reaches at any of eight shifts; stores keep one bit to be zero behind them. */
const READ_BITS = 25;
const WRITE_BITS = 24;

/** Widest code of an element's content that emitted code deals with. */
export const MOST_CODE_BITS = 8;

/** Source text, a line at a time. */
export class Lines {
  readonly #lines: string[] = [];

  add(...lines: readonly string[]): void {
    this.#lines.push(...lines);
  }

  toString(): string {
    return this.#lines.join("\n");
  }
}

interface Field {
  readonly bits: number;
  readonly name: string;
  /** The first value that is refused. */
  readonly limit: number;
}

/** Collects what to read; `flush` writes the code that reads it from bit `p` on. */
export class ReadRun {
  readonly #lines: Lines;
  #bits = 0;
  #mask = 0;
  #expected = 0;
  #fields: (Field & { readonly shift: number })[] = [];

  constructor(lines: Lines) {
    this.#lines = lines;
  }

  /** Bits that must have this value. */
  constant(bits: number, value: number): void {
    const shift = this.#take(bits);
    this.#mask |= ((1 << bits) - 1) << shift;
    this.#expected |= value << shift;
  }

  /** Bits that become the variable `name`. */
  field(bits: number, name: string, limit: number = 1 << bits): void {
    if (bits === 0) {
      this.#lines.add(`${name} = 0;`);
      return;
    }
    const shift = this.#take(bits);
    this.#fields.push({ bits, name, limit, shift });
  }

  /** @returns how far the bits are from the right end of the word. */
  #take(bits: number): number {
    if (this.#bits + bits > READ_BITS) this.flush();
    this.#bits += bits;
    return 32 - this.#bits;
  }

  flush(): void {
    if (this.#bits === 0) return;
    const lines = this.#lines;
    lines.add("x = view.getInt32(p >> 3) << (p & 7);");
    if (this.#mask !== 0) lines.add(`if ((x & ${this.#mask}) !== ${this.#expected}) throw MISS;`);
    for (const { bits, name, limit, shift } of this.#fields) {
      const cut = shift + bits === 32 ? "" : ` & ${(1 << bits) - 1}`;
      lines.add(`${name} = x >>> ${shift}${cut};`);
      if (limit < 1 << bits) lines.add(`if (${name} >= ${limit}) throw MISS;`);
    }
    lines.add(`p += ${this.#bits};`);
    this.#bits = this.#mask = this.#expected = 0;
    this.#fields = [];
  }
}

interface Part {
  readonly bits: number;
  /** An expression that has this many bits, in parentheses where it needs them. */
  readonly value: string | number;
}

/** Collects what to write; `flush` writes the code that stores it at bit `p`. */
export class WriteRun {
  readonly #lines: Lines;
  #parts: Part[] = [];
  #bits = 0;
  /** Bits of a leading code whose width is known at run time only. */
  #leading = 0;

  constructor(lines: Lines) {
    this.#lines = lines;
  }

  /** For one of several branches that go on from here. */
  copy(): WriteRun {
    const copy = new WriteRun(this.#lines);
    copy.#parts = [...this.#parts];
    copy.#bits = this.#bits;
    copy.#leading = this.#leading;
    return copy;
  }

  put(bits: number, value: string | number): void {
    if (bits === 0) return;
    if (!this.fits(bits)) this.flush();
    this.#parts.push({ bits, value });
    this.#bits += bits;
  }

  /** The code `c + offset` in `n` bits, at most {@link MOST_CODE_BITS}. */
  code(offset: number): void {
    this.flush();
    this.#leading = MOST_CODE_BITS;
    this.#parts.push({ bits: 0, value: offset === 0 ? "c" : `(c + ${offset})` });
  }

  fits(bits: number): boolean {
    return this.#leading + this.#bits + bits <= WRITE_BITS;
  }

  flush(): void {
    if (this.#parts.length === 0) return;
    const word = this.#word();
    const runtime = this.#leading > 0 ? " - n" : "";
    const shifted = word === "" ? "" : ` | (${word}) << (${32 - this.#bits}${runtime} - (p & 7))`;
    this.#lines.add(
      `i = p >> 3; outView.setInt32(i, out[i] << 24${shifted}); p += ${this.#bits}${this.#leading > 0 ? " + n" : ""};`,
    );
    this.#parts = [];
    this.#bits = this.#leading = 0;
  }

  /** All parts in one word, the last at its right end; empty when they are all zero. */
  #word(): string {
    let constant = 0;
    let shift = this.#bits;
    const terms: string[] = [];
    for (const { bits, value } of this.#parts) {
      shift -= bits;
      if (typeof value === "number") constant |= value << shift;
      else terms.push(shift === 0 ? value : `${value} << ${shift}`);
    }
    if (constant !== 0) terms.push(String(constant));
    return terms.join(" | ");
  }
}
