/**
 * Strings that came before, EXI 1.0 clause 7.3.3. V2G streams are agreed to have none (capacity 0), yet encoders that run
 * on EXI's defaults refer to them, so a reader that keeps the tables understands both.
 */
import type { BitReader } from "./bitReader.ts";
import { bitsFor } from "./grammar.ts";

export class StringTable {
  readonly #all: string[] = [];
  readonly #byPlace = new Map<string, string[]>();

  /** @param place the qualified name of the element or attribute. */
  read(reader: BitReader, place: string): string {
    const start = reader.p;
    const length = reader.unsigned();
    if (length === 0) return earlier(reader, this.#byPlace.get(place) ?? []);
    if (length === 1) return earlier(reader, this.#all);
    reader.p = start;
    const text = reader.string();
    if (text !== "") this.#add(place, text);
    return text;
  }

  #add(place: string, text: string): void {
    this.#all.push(text);
    const here = this.#byPlace.get(place);
    if (here) here.push(text);
    else this.#byPlace.set(place, [text]);
  }
}

function earlier(reader: BitReader, strings: readonly string[]): string {
  if (strings.length === 0) reader.fail("a string in full, as no string came before");
  return strings[reader.bits(bitsFor(strings.length))] ?? reader.fail("a string that came before");
}
