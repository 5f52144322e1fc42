/** The fast executor of a set: emitted functions with the codes of roots around them. Every failure is a MISS. */
import { BitReader } from "../bitReader.ts";
import { BitWriter } from "../bitWriter.ts";
import { HEADER, MISS } from "../limits.ts";
import type { AnyType } from "../model.ts";
import type { Names } from "../names.ts";
import { type Decode, type Encode, linkDecoders, linkEncoders } from "./link.ts";

interface Root<F> {
  readonly name: string;
  readonly code: number;
  readonly run: F;
}

/** Roots that emitted code deals with, by code. */
type Roots<F> = readonly (Root<F> | undefined)[];

interface Linked<F> {
  readonly documents: Roots<F>;
  readonly fragments: Roots<F>;
}

const reader = new BitReader();
const writer = new BitWriter();

export class Emitted {
  readonly #names: Names;
  #decoders: Linked<Decode> | undefined;
  #encoders: { readonly documents: RootsByName; readonly fragments: RootsByName } | undefined;

  constructor(names: Names) {
    this.#names = names;
  }

  decodeDocument(bytes: Uint8Array): { root: string; value: unknown } {
    const root = begin(bytes, this.#decodingRoots().documents, this.#names.documentWidth);
    const value = root.run(reader);
    reader.within();
    return { root: root.name, value };
  }

  decodeFragment(bytes: Uint8Array): { name: string; value: unknown } {
    const { fragments, fragmentWidth } = this.#names;
    const root = begin(bytes, this.#decodingRoots().fragments, fragmentWidth);
    const value = root.run(reader);
    if (reader.bits(fragmentWidth) !== fragments.length + 1) throw MISS;
    return { name: root.name, value };
  }

  encodeDocument(root: string, value: unknown): Uint8Array {
    put(this.#encodingRoots().documents, root, this.#names.documentWidth, value);
    return writer.finish();
  }

  encodeFragment(name: string, value: unknown): Uint8Array {
    const { fragments, fragmentWidth } = this.#names;
    put(this.#encodingRoots().fragments, name, fragmentWidth, value);
    writer.bits(fragmentWidth, fragments.length + 1);
    return writer.finish();
  }

  /** Each direction is compiled when it is first used. */
  prepare(): void {
    this.#decodingRoots();
    this.#encodingRoots();
  }

  #decodingRoots(): Linked<Decode> {
    this.#decoders ??= linked(this.#names, linkDecoders);
    return this.#decoders;
  }

  #encodingRoots() {
    if (!this.#encoders) {
      const { documents, fragments } = linked(this.#names, linkEncoders);
      this.#encoders = { documents: byName(documents), fragments: byName(fragments) };
    }
    return this.#encoders;
  }
}

type RootsByName = ReadonlyMap<string, Root<Encode>>;

/** Of roots with one local name the first counts, as it does for the interpreter. */
function byName(roots: Roots<Encode>): RootsByName {
  const map = new Map<string, Root<Encode>>();
  for (const root of roots) if (root && !map.has(root.name)) map.set(root.name, root);
  return map;
}

function begin(bytes: Uint8Array, roots: Roots<Decode>, width: number): Root<Decode> {
  reader.load(bytes);
  if (reader.bits(8) !== HEADER) throw MISS;
  const root = roots[reader.bits(width)];
  if (!root) throw MISS;
  return root;
}

function put(roots: RootsByName, name: string, width: number, value: unknown): void {
  const root = roots.get(name);
  if (!root) throw MISS;
  writer.start();
  writer.bits(8, HEADER);
  writer.bits(width, root.code);
  root.run(writer, value);
}

function linked<F>(
  { documents, fragments }: Names,
  link: (types: readonly AnyType[]) => readonly (F | undefined)[],
): Linked<F> {
  const types = [...documents.map(({ type }) => type), ...fragments.map(({ types: [first] }) => first as AnyType)];
  const functions = link(types);
  const root = (name: string, code: number, run: F | undefined, usable: boolean) =>
    run && usable ? { name, code, run } : undefined;
  return {
    documents: documents.map(({ name, abstract }, code) => root(name, code, functions[code], !abstract)),
    fragments: fragments.map(({ name, relaxed }, code) =>
      root(name, code, functions[documents.length + code], !relaxed),
    ),
  };
}
