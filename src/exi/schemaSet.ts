/** A set of schemas with its codec. */
import { InternalError } from "../util/errors.ts";
import { Codec } from "./codec.ts";
import type { ComplexType, GlobalElement, Infer, Json } from "./model.ts";

export type Elements = { readonly [name: string]: GlobalElement };

export interface SetOptions {
  /** Complex types that no element reaches: their local names count among the fragments all the same. */
  readonly types?: readonly ComplexType[];
  /** Local names that are declared with different types: as fragments they use the element fragment grammar of EXI 8.5.3. */
  readonly relaxed?: readonly string[];
}

/** Names that can be a root. */
export type Root<E> = { [K in keyof E]: E[K] extends GlobalElement<string, unknown, true> ? never : K }[keyof E] &
  string;

/** A decoded document: its root's name tells the type of its value. */
export type Document<E> = { [K in Root<E>]: { readonly root: K; readonly value: Infer<E[K]> } }[Root<E>];

/** What a fragment of this name holds; names of local elements are checked when it is encoded. */
export type FragmentValue<E, N extends string> = N extends keyof E ? Infer<E[N]> : unknown;

/** All methods throw ExiError for bytes or values that the schemas do not allow. Not re-entrant: values must have no getters. */
export interface SchemaSet<E extends Elements = Elements> {
  readonly name: string;
  readonly elements: E;
  /** Writes and compiles the codec now rather than with the first message: some 20 ms a direction on a desktop. */
  prepare(): void;
  /** An EXI document with its header byte 0x80. */
  encode<K extends Root<E>>(root: K, value: Infer<E[K]>): Uint8Array;
  decode(bytes: Uint8Array): Document<E>;
  /** As `decode`, and no text or octets are longer than the schema allows: for what strangers send. */
  decodeStrictly(bytes: Uint8Array): Document<E>;
  /** An EXI fragment, as it is hashed for signatures. */
  encodeFragment<N extends string>(name: N, value: FragmentValue<E, N>): Uint8Array;
  decodeFragment(bytes: Uint8Array): { readonly name: string; readonly value: unknown };
  /** The JSON form: hexadecimal, base64, integers beyond 2^53 - 1 as decimal strings. */
  toJson<K extends Root<E>>(root: K, value: Infer<E[K]>): Json;
  fromJson<K extends Root<E>>(root: K, json: unknown): Infer<E[K]>;
  fragmentToJson(name: string, value: unknown): Json;
  fragmentFromJson(name: string, json: unknown): unknown;
}

/** A set whatever its elements are, as tools that choose a schema at run time need it. */
export interface AnySet {
  readonly name: string;
  readonly elements: Elements;
  prepare(): void;
  encode(root: string, value: unknown): Uint8Array;
  decode(bytes: Uint8Array): { readonly root: string; readonly value: unknown };
  decodeStrictly(bytes: Uint8Array): { readonly root: string; readonly value: unknown };
  encodeFragment(name: string, value: unknown): Uint8Array;
  decodeFragment(bytes: Uint8Array): { readonly name: string; readonly value: unknown };
  toJson(root: string, value: unknown): Json;
  fromJson(root: string, json: unknown): unknown;
  fragmentToJson(name: string, value: unknown): Json;
  fragmentFromJson(name: string, json: unknown): unknown;
}

export function createSet<E extends Elements>(name: string, elements: E, options: SetOptions): SchemaSet<E> {
  for (const [key, element] of Object.entries(elements)) {
    if (key !== element.name) throw new InternalError(`${name}: element ${element.name} listed as ${key}`);
  }
  const set = new Codec(name, elements, options.types ?? [], options.relaxed ?? []) satisfies AnySet;
  return set as AnySet as unknown as SchemaSet<E>;
}
