/**
 * Strings that came before, EXI 1.0 clause 7.3.3. V2G streams are agreed to have none (capacity 0), yet encoders that run
 * on EXI's defaults refer to them, so a reader that keeps the tables understands both.
 */
import type { BitReader } from "./bitReader.ts";
import { bitsFor } from "./bits.ts";
import { MAX_STREAM } from "./limits.ts";
import type { QName } from "./model.ts";

export class StringTable {
  readonly #all: string[] = [];
  readonly #byName = new Map<string, Map<string, string[]>>();
  /** Characters that earlier strings may still add: a few bits must not stand for a text without end. */
  #left = MAX_STREAM;

  read(reader: BitReader, name: QName): string {
    const start = reader.p;
    const length = reader.unsigned();
    if (length === 0) return this.#earlier(reader, this.#of(name));
    if (length === 1) return this.#earlier(reader, this.#all);
    reader.p = start;
    const text = reader.string();
    if (text !== "") {
      this.#all.push(text);
      this.#of(name).push(text);
    }
    return text;
  }

  /** The strings of one element or attribute name. */
  #of({ name, uri }: QName): string[] {
    let uris = this.#byName.get(name);
    if (!uris) {
      uris = new Map();
      this.#byName.set(name, uris);
    }
    let strings = uris.get(uri);
    if (!strings) {
      strings = [];
      uris.set(uri, strings);
    }
    return strings;
  }

  #earlier(reader: BitReader, strings: readonly string[]): string {
    if (strings.length === 0) reader.fail("a string in full, as no string came before");
    const text = strings[reader.bits(bitsFor(strings.length))] ?? reader.fail("a string that came before");
    this.#left -= text.length;
    return this.#left < 0 ? reader.fail(`at most ${MAX_STREAM} characters of earlier strings`) : text;
  }
}
