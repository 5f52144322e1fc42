/** How each simple type is written, EXI 1.0 clause 7.1, and what a value of it may be. */
import type { BitReader } from "./bitReader.ts";
import { bitsFor } from "./bits.ts";
import type { BitWriter } from "./bitWriter.ts";
import { oncePer } from "./memo.ts";
import type { QName, SimpleType, ValueForm } from "./model.ts";
import type { StringTable } from "./stringTable.ts";

type IntegerForm = Extract<ValueForm, { kind: "integer" }>;

/** Clause 7.1.5: at most 4096 values are n bits from the minimum; else the sign decides, and nothing is subtracted. */
export type IntegerCode =
  | { readonly kind: "bits"; readonly bits: number; readonly min: number; readonly count: number }
  /** `limit`: the first value that is refused when it is read. */
  | { readonly kind: "unsigned"; readonly limit: bigint | undefined }
  | { readonly kind: "signed"; readonly limit: bigint | undefined };

export function integerCode({ min, max }: IntegerForm): IntegerCode {
  if (min !== undefined && max !== undefined && max - min < 4096n) {
    const count = Number(max - min) + 1;
    return { kind: "bits", bits: bitsFor(count), min: Number(min), count };
  }
  const limit = min === undefined || max === undefined ? undefined : container(min, max);
  return { kind: min !== undefined && min >= 0n ? "unsigned" : "signed", limit };
}

/**
 * Facets are for those who write. Who reads takes what fits into the built-in type around them, of 16, 32 or 64 bits:
 * peers exceed facets, and a value that needs no more room harms nobody.
 */
function container(min: bigint, max: bigint): bigint {
  const sign = min < 0n ? 1n : 0n;
  const width = [16n, 32n, 64n].find((bits) => max < 1n << (bits - sign) && -min <= 1n << (bits - sign));
  return 1n << ((width ?? 512n) - sign);
}

/** One simple type's way to and from the stream. Failures are MISS with `expected` set. */
export interface ValueCodec {
  /** @param name of the element or attribute that holds the value, for earlier strings of the same name. */
  read(reader: BitReader, strings: StringTable, name: QName): unknown;
  write(writer: BitWriter, value: unknown): void;
  /** What an element without any characters holds; undefined when it must have some. */
  readonly empty: unknown;
}

export const valueCodec: (type: SimpleType) => ValueCodec = oncePer(({ form }) => makeCodec(form));

function makeCodec(form: ValueForm): ValueCodec {
  const expected = describe(form);
  switch (form.kind) {
    case "string":
      return {
        read: (reader, strings, name) => strings.read(reader, name),
        write: (writer, value) => writer.string(isText(value, form) ? value : writer.fail(expected)),
        empty: "",
      };
    case "boolean":
      return {
        read: (reader) => reader.bits(1) === 1,
        write: (writer, value) => writer.bits(1, Number(typeof value === "boolean" ? value : writer.fail(expected))),
        empty: undefined,
      };
    case "binary":
      return {
        read: (reader) => reader.binary(),
        write: (writer, value) => writer.binary(isBinary(value, form) ? value : writer.fail(expected)),
        empty: new Uint8Array(0),
      };
    case "enumeration":
      return enumerationCodec(form.values, expected);
    case "integer":
      return integerCodec(form, expected);
  }
}

function enumerationCodec(values: readonly string[], expected: string): ValueCodec {
  const bits = bitsFor(values.length);
  return {
    read: (reader) => values[reader.bits(bits)] ?? reader.fail(expected),
    write: (writer, value) => {
      const code = values.indexOf(value as string);
      writer.bits(bits, code < 0 ? writer.fail(expected) : code);
    },
    empty: undefined,
  };
}

function integerCodec(form: IntegerForm, expected: string): ValueCodec {
  const code = integerCode(form);
  const read = integerReader(code, expected);
  return {
    read,
    write: (writer, value) => {
      if (!isInteger(value, form)) return writer.fail(expected);
      if (code.kind === "bits") writer.bits(code.bits, Number(value) - code.min);
      else if (code.kind === "unsigned") writer.unsigned(value);
      else writer.integer(value);
    },
    empty: undefined,
  };
}

function integerReader(code: IntegerCode, expected: string): (reader: BitReader) => number | bigint {
  if (code.kind === "bits") {
    return (reader) => {
      const offset = reader.bits(code.bits);
      return offset < code.count ? offset + code.min : reader.fail(expected);
    };
  }
  const { kind, limit } = code;
  return (reader) => {
    const value = kind === "unsigned" ? reader.unsigned() : reader.integer();
    return limit === undefined || (value < limit && value >= -limit) ? value : reader.fail(expected);
  };
}

// What may be written

/** Characters beyond the Basic Multilingual Plane are two units of a JavaScript string, yet one character of XML. */
function isText(value: unknown, { maxLength }: { maxLength: number }): value is string {
  return typeof value === "string" && (value.length <= maxLength || [...value].length <= maxLength);
}

function isBinary(value: unknown, { maxLength }: { maxLength: number }): value is Uint8Array {
  return value instanceof Uint8Array && value.length <= maxLength;
}

/** Whether a value that was read is as long as its type allows; of others than texts and octets all are. */
export function isWithin(form: ValueForm, value: unknown): boolean {
  if (form.kind === "string") return isText(value, form);
  return form.kind !== "binary" || isBinary(value, form);
}

function isInteger(value: unknown, { min, max }: IntegerForm): value is number | bigint {
  if (typeof value !== "bigint" && !Number.isSafeInteger(value)) return false;
  const integer = value as number | bigint;
  return (min === undefined || integer >= min) && (max === undefined || integer <= max);
}

/** For error messages. */
export function describe(form: ValueForm): string {
  switch (form.kind) {
    case "boolean":
      return "true or false";
    case "enumeration":
      return form.values.length > 8
        ? `one of ${form.values.length} names from ${form.values[0]} to ${form.values.at(-1)}`
        : `one of ${form.values.join(", ")}`;
    case "integer":
      return form.min === undefined || form.max === undefined ? "an integer" : `an integer ${form.min} to ${form.max}`;
    case "string":
      return form.maxLength === Number.POSITIVE_INFINITY ? "text" : `text of at most ${form.maxLength} characters`;
    case "binary":
      return form.maxLength === Number.POSITIVE_INFINITY ? "bytes" : `at most ${form.maxLength} bytes`;
  }
}
