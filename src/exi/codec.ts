/**
 * A schema set's methods over its two executors. Emitted code comes first and takes the plain form only; what it leaves with a MISS is
 * done once more by the interpreter, which returns the value or says what is wrong.
 */
import { decodeDocument, decodeFragment } from "./decodeInterpreted.ts";
import { Emitted } from "./emit/emitted.ts";
import { encodeDocument, encodeFragment } from "./encodeInterpreted.ts";
import { ExiError } from "./errors.ts";
import { fromJson, toJson } from "./json.ts";
import { checkLengths } from "./lengths.ts";
import { MISS } from "./limits.ts";
import type { AnyType, ComplexType, GlobalElement, Json } from "./model.ts";
import { type Names, namesOf } from "./names.ts";

export class Codec {
  readonly name: string;
  readonly elements: { readonly [name: string]: GlobalElement };
  readonly #types: readonly ComplexType[];
  readonly #relaxed: readonly string[];
  #names: Names | undefined;
  #emitted: Emitted | undefined;

  constructor(
    name: string,
    elements: { readonly [name: string]: GlobalElement },
    types: readonly ComplexType[],
    relaxed: readonly string[],
  ) {
    this.name = name;
    this.elements = elements;
    this.#types = types;
    this.#relaxed = relaxed;
  }

  /** Worked out on first use: a process that only imports a set pays nothing. */
  get names(): Names {
    this.#names ??= namesOf(Object.values(this.elements), this.#types, this.#relaxed);
    return this.#names;
  }

  get #fast(): Emitted {
    this.#emitted ??= new Emitted(this.names);
    return this.#emitted;
  }

  prepare(): void {
    this.#fast.prepare();
  }

  encode(root: string, value: unknown): Uint8Array {
    try {
      return this.#fast.encodeDocument(root, value);
    } catch (error) {
      return encodeDocument(this.names, root, missed(error, value));
    }
  }

  decode(bytes: Uint8Array): { root: string; value: unknown } {
    try {
      return this.#fast.decodeDocument(bytes);
    } catch (error) {
      return decodeDocument(this.names, missed(error, bytes));
    }
  }

  decodeStrictly(bytes: Uint8Array): { root: string; value: unknown } {
    const document = this.decode(bytes);
    checkLengths(this.#rootType(document.root), document.value, document.root);
    return document;
  }

  encodeFragment(name: string, value: unknown): Uint8Array {
    try {
      return this.#fast.encodeFragment(name, value);
    } catch (error) {
      return encodeFragment(this.names, name, missed(error, value));
    }
  }

  decodeFragment(bytes: Uint8Array): { name: string; value: unknown } {
    try {
      return this.#fast.decodeFragment(bytes);
    } catch (error) {
      return decodeFragment(this.names, missed(error, bytes));
    }
  }

  toJson(root: string, value: unknown): Json {
    return toJson(this.#rootType(root), value, root);
  }

  fromJson(root: string, json: unknown): unknown {
    return fromJson(this.#rootType(root), json, root);
  }

  fragmentToJson(name: string, value: unknown): Json {
    return toJson(this.#fragmentType(name, value), value, name);
  }

  fragmentFromJson(name: string, json: unknown): unknown {
    return fromJson(this.#fragmentType(name, json), json, name);
  }

  #rootType(root: string): AnyType {
    const element = this.elements[root];
    if (!element || element.abstract) throw new ExiError({ path: root, expected: "a known root element" });
    return element.type;
  }

  /** Of a name with different types, the value says which is meant. */
  #fragmentType(name: string, value: unknown): AnyType {
    const types = this.names.fragments.find((fragment) => fragment.name === name)?.types;
    if (!types) throw new ExiError({ path: name, expected: "a known element" });
    const kind = typeof value === "object" ? "complex" : "simple";
    return types.find((type) => type.kind === kind) ?? (types[0] as AnyType);
  }
}

/** @returns `input` when the interpreter shall try it: after a MISS, or a size that no scratch buffer holds. */
function missed<T>(error: unknown, input: T): T {
  if (error === MISS || error instanceof RangeError) return input;
  throw error;
}
