/** What goes along with one stream while the interpreter walks it. */
import type { BitReader } from "./bitReader.ts";
import type { BitWriter } from "./bitWriter.ts";
import type { Names } from "./names.ts";
import type { StringTable } from "./stringTable.ts";

export interface Decoding {
  readonly reader: BitReader;
  readonly strings: StringTable;
  /** The names from the root to where the reader is. */
  readonly path: string[];
  readonly names: Names;
}

export interface Encoding {
  readonly writer: BitWriter;
  readonly path: string[];
  readonly names: Names;
}
