/** From emitted source to functions. */
import { type BitReader, negated, view } from "../bitReader.ts";
import { type BitWriter, out, outView } from "../bitWriter.ts";
import { MAX_STREAM, MISS } from "../limits.ts";
import type { AnyType } from "../model.ts";
import { decoderSource } from "./decoder.ts";
import { encoderSource } from "./encoder.ts";

/** Decodes the content of an element of one type, from behind its start to its end. Anything unusual is a MISS. */
export type Decode = (reader: BitReader) => unknown;
/** Encodes the content of an element of one type and its end. */
export type Encode = (writer: BitWriter, value: unknown) => void;

/** A function a type; undefined for simple types. All undefined where the process forbids code from strings. */
export function linkDecoders(types: readonly AnyType[]): readonly (Decode | undefined)[] {
  return link<Decode>(decoderSource(types), { view, MISS, negated });
}

export function linkEncoders(types: readonly AnyType[]): readonly (Encode | undefined)[] {
  return link<Encode>(encoderSource(types), { out, outView, MISS, LIMIT: MAX_STREAM * 8 });
}

/** The source is ours: it is made of schemas that are part of the program, never of input. */
function link<F>(source: string, scope: Readonly<Record<string, unknown>>): readonly (F | undefined)[] {
  try {
    return new Function(...Object.keys(scope), source)(...Object.values(scope)) as (F | undefined)[];
  } catch (error) {
    if (error instanceof EvalError) return [];
    throw error;
  }
}
