/** The two executors of a set beside each other. */
import { isDeepStrictEqual } from "node:util";
import { expect } from "vitest";
import { Codec } from "../../src/exi/codec.ts";
import * as decoding from "../../src/exi/decodeInterpreted.ts";
import { Emitted } from "../../src/exi/emit/emitted.ts";
import * as encoding from "../../src/exi/encodeInterpreted.ts";
import { ExiError } from "../../src/exi/errors.ts";
import { MISS } from "../../src/exi/limits.ts";
import type { AnyType } from "../../src/exi/model.ts";
import { type AnySet, namespace } from "../../src/exi/schema.ts";
import { InternalError } from "../../src/util/errors.ts";

export type Kind = "document" | "fragment";

/** What emitted code leaves to the interpreter. */
export const left = Symbol("left to the interpreter");

export class Executors {
  readonly #codec: Codec;
  readonly #emitted: Emitted;

  constructor(set: AnySet) {
    if (!(set instanceof Codec)) throw new InternalError("a set of the codec");
    this.#codec = set;
    this.#emitted = new Emitted(set.names);
  }

  /** A set of one root element, named `root`, of this type. */
  static of(type: AnyType): Executors {
    const root = namespace("urn:test").global("root", type);
    return new Executors(new Codec("test", { root }, [], []));
  }

  emittedDecode(kind: Kind, bytes: Uint8Array): unknown {
    return orLeft(() =>
      kind === "document" ? this.#emitted.decodeDocument(bytes) : this.#emitted.decodeFragment(bytes),
    );
  }

  interpretedDecode(kind: Kind, bytes: Uint8Array): unknown {
    const { names } = this.#codec;
    return orError(() =>
      kind === "document" ? decoding.decodeDocument(names, bytes) : decoding.decodeFragment(names, bytes),
    );
  }

  emittedEncode(kind: Kind, root: string, value: unknown): unknown {
    return orLeft(() =>
      kind === "document" ? this.#emitted.encodeDocument(root, value) : this.#emitted.encodeFragment(root, value),
    );
  }

  interpretedEncode(kind: Kind, root: string, value: unknown): unknown {
    const { names } = this.#codec;
    return orError(() =>
      kind === "document" ? encoding.encodeDocument(names, root, value) : encoding.encodeFragment(names, root, value),
    );
  }

  /** Emitted code may leave a stream alone; what it does decode, the interpreter decodes alike. @returns whether it did. */
  decodeAlike(kind: Kind, bytes: Uint8Array): boolean {
    const fast = this.emittedDecode(kind, bytes);
    if (fast !== left) expectAlike(this.interpretedDecode(kind, bytes), fast);
    return fast !== left;
  }

  encodeAlike(kind: Kind, root: string, value: unknown): boolean {
    const fast = this.emittedEncode(kind, root, value);
    if (fast !== left) expectAlike(this.interpretedEncode(kind, root, value), fast);
    return fast !== left;
  }
}

/** Node's comparison is a hundred times as fast; vitest's shows what differs. */
function expectAlike(one: unknown, other: unknown): void {
  if (!isDeepStrictEqual(one, other)) expect(one).toEqual(other);
}

function orLeft(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    if (error === MISS || error instanceof RangeError) return left;
    throw error;
  }
}

function orError(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    if (error instanceof ExiError) return error;
    throw error;
  }
}
