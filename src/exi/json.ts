/**
 * The JSON form of values: hexBinary as upper-case hexadecimal, base64Binary as base64, integers beyond 2^53 - 1 as decimal
 * strings, everything else as it is in memory. Reading is strict: a key that the schema does not know is an error.
 */
import { BytesError, fromBase64, fromHex, toBase64, toHex } from "../util/bytes.ts";
import { ExiError } from "./errors.ts";
import { type Keyed, membersOf } from "./members.ts";
import type { AnyType, Json, ValueForm } from "./model.ts";
import { describe } from "./values.ts";

type Members = { readonly [key: string]: unknown };

// To JSON

/** @throws ExiError when `value` is not of the type. */
export function toJson(type: AnyType, value: unknown, path: string): Json {
  if (type.kind === "simple") return simpleToJson(type.form, value, path);
  return members(type, value, path, (event, inner, at) => toJson(event.type, inner, at)) as Json;
}

function simpleToJson(form: ValueForm, value: unknown, path: string): Json {
  if (value instanceof Uint8Array && form.kind === "binary") {
    return form.text === "hex" ? toHex(value).toUpperCase() : toBase64(value);
  }
  if (typeof value === "bigint" && form.kind === "integer") {
    return isSafe(value) ? Number(value) : value.toString();
  }
  return typeof value === inMemory[form.kind] ? (value as Json) : wrong(path, describe(form));
}

const inMemory = {
  string: "string",
  enumeration: "string",
  boolean: "boolean",
  integer: "number",
  binary: "",
} as const;

function isSafe(value: bigint): boolean {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER;
}

// From JSON

/** @throws ExiError that names the path of an unknown, missing or ill-typed key. */
export function fromJson(type: AnyType, json: unknown, path: string): unknown {
  if (type.kind === "simple") return simpleFromJson(type.form, json, path);
  return members(type, json, path, (event, inner, at) => fromJson(event.type, inner, at));
}

function simpleFromJson(form: ValueForm, json: unknown, path: string): unknown {
  switch (form.kind) {
    case "binary":
      return typeof json === "string" ? binaryFromJson(form.text, json, path) : wrong(path, `${form.text} text`);
    case "integer":
      return integerFromJson(json) ?? wrong(path, describe(form));
    case "enumeration":
      return form.values.includes(json as string) ? json : wrong(path, describe(form));
    default:
      return typeof json === form.kind ? json : wrong(path, describe(form));
  }
}

function binaryFromJson(text: "hex" | "base64", json: string, path: string): Uint8Array {
  try {
    return text === "hex" ? fromHex(json) : fromBase64(json);
  } catch (error) {
    if (error instanceof BytesError) return wrong(path, `${text} text`);
    throw error;
  }
}

/** At most 200 digits, more than any integer that can be written has. */
const DECIMAL = /^-?[0-9]{1,200}$/;

function integerFromJson(json: unknown): number | bigint | undefined {
  if (typeof json === "number") return Number.isSafeInteger(json) ? json : undefined;
  if (typeof json !== "string" || !DECIMAL.test(json)) return undefined;
  const value = BigInt(json);
  return isSafe(value) ? Number(value) : value;
}

// Both ways

/** Maps all members of an object, in schema order, and checks that there are no others. */
function members(
  type: AnyType,
  value: unknown,
  path: string,
  convert: (event: Keyed, inner: unknown, path: string) => unknown,
): Members {
  if (!isPlain(value)) return wrong(path, "an object");
  const known = membersOf(type);
  const stranger = Object.keys(value).find((key) => !known.has(key));
  if (stranger !== undefined) return wrong(`${path}/${stranger}`, `one of ${[...known.keys()].join(", ")}`);
  const result: Record<string, unknown> = {};
  for (const [key, event] of known) {
    const inner = value[key];
    if (inner !== undefined) result[key] = member(event, inner, `${path}/${key}`, convert);
  }
  return result;
}

function member(
  event: Keyed,
  inner: unknown,
  path: string,
  convert: (event: Keyed, inner: unknown, path: string) => unknown,
): unknown {
  if (event.kind !== "element" || !event.list) return convert(event, inner, path);
  if (!Array.isArray(inner)) return wrong(path, "an array");
  return inner.map((item, index) => convert(event, item, `${path}[${index}]`));
}

function isPlain(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

function wrong(path: string, expected: string): never {
  throw new ExiError({ path, expected });
}
