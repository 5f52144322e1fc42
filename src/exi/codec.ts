/** A schema set's methods over its two executors. */
import { decodeDocument, decodeFragment } from "./decodeInterpreted.ts";
import { encodeDocument, encodeFragment } from "./encodeInterpreted.ts";
import { ExiError } from "./errors.ts";
import { fromJson, toJson } from "./json.ts";
import type { AnyType, ComplexType, GlobalElement, Json } from "./model.ts";
import { type Names, namesOf } from "./names.ts";

export class Codec {
  readonly name: string;
  readonly elements: { readonly [name: string]: GlobalElement };
  readonly #types: readonly ComplexType[];
  readonly #relaxed: readonly string[];
  #names: Names | undefined;

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

  encode(root: string, value: unknown): Uint8Array {
    return encodeDocument(this.names, root, value);
  }

  decode(bytes: Uint8Array): { root: string; value: unknown } {
    return decodeDocument(this.names, bytes);
  }

  encodeFragment(name: string, value: unknown): Uint8Array {
    return encodeFragment(this.names, name, value);
  }

  decodeFragment(bytes: Uint8Array): { name: string; value: unknown } {
    return decodeFragment(this.names, bytes);
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
