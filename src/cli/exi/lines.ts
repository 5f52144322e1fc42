/**
 * JSON lines, thousands of them: each is answered by one line, in order. A bad line is answered by an error and ends nothing.
 */
import { ExiError } from "../../exi/errors.ts";
import { BytesError, fromHex, toHex } from "../../util/bytes.ts";
import { UserError } from "../../util/errors.ts";
import { linesOf, MAX_LINE } from "../lines.ts";
import { decodeMessage, encodeJson, type Kind, messageToJson } from "./message.ts";
import { chooseSchema, guessSchema, schemaOfRoot } from "./schemas.ts";

/** What a line leaves open. */
export interface Defaults {
  readonly schema?: string;
  readonly kind: Kind;
}

type Line = { readonly [key: string]: unknown };

/** Decodes `{id, schema, kind, root, exi}` to `{json}`. */
export function decodeLine({ schema, kind, root, exi }: Line, defaults: Defaults): object {
  const bytes = fromHex(text(exi, "exi", "hexadecimal text"));
  const form = kindOf(kind, defaults);
  const set = chooseSchema(schema ?? defaults.schema, form, () => guessSchema(bytes));
  const message = decodeMessage(set, form, bytes);
  if (root !== undefined && root !== message.root) {
    throw new ExiError({ path: message.root, expected: `the root element ${String(root)}` });
  }
  return { json: messageToJson(set, form, message) };
}

/** Encodes `{id, schema, kind, root, json}` to `{exi}`. */
export function encodeLine({ schema, kind, root, json }: Line, defaults: Defaults): object {
  const name = text(root, "root", "the name of the root element");
  const form = kindOf(kind, defaults);
  const set = chooseSchema(schema ?? defaults.schema, form, () => schemaOfRoot(name));
  return { exi: toHex(encodeJson(set, form, name, json)) };
}

function kindOf(kind: unknown, defaults: Defaults): Kind {
  if (kind === undefined) return defaults.kind;
  if (kind === "document" || kind === "fragment") return kind;
  throw new UserError(`unknown kind ${JSON.stringify(kind)}`, { key: "kind", expected: "document or fragment" });
}

function text(value: unknown, key: string, expected: string): string {
  if (typeof value === "string") return value;
  throw new UserError(`no ${key}`, { key, expected });
}

/**
 * For a pipeline: chunks of input to chunks of output. Answers of one input chunk go out together.
 * @param work what is done with a line.
 */
export async function* answers(
  chunks: AsyncIterable<Uint8Array | string>,
  work: (line: Line) => object,
): AsyncGenerator<string> {
  let number = 0;
  for await (const lines of linesOf(chunks)) {
    const out: string[] = [];
    for (const line of lines) {
      number++;
      if (line.trim() !== "") out.push(`${JSON.stringify(answer(line, number, work))}\n`);
    }
    if (out.length > 0) yield out.join("");
  }
}

function answer(line: string, number: number, work: (line: Line) => object): object {
  let id: string | number = number;
  try {
    const parsed = parse(line);
    if (typeof parsed.id === "string" || typeof parsed.id === "number") id = parsed.id;
    return { id, ...work(parsed) };
  } catch (error) {
    return { id, error: errorOf(error) };
  }
}

function parse(line: string): Line {
  if (line.length > MAX_LINE) throw new UserError("the line is too long", { expected: `${MAX_LINE} characters` });
  try {
    const parsed: unknown = JSON.parse(line);
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return parsed as Line;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new UserError("the line is no JSON object", { expected: "a JSON object" });
}

export interface LineError {
  readonly path: string;
  /** Null where nothing was read. */
  readonly bit: number | null;
  readonly expected: string;
  readonly message: string;
}

/** Faults of the line; ours go on. */
export function errorOf(error: unknown): LineError {
  if (error instanceof ExiError) {
    return { path: error.path, bit: error.bit ?? null, expected: error.expected, message: error.message };
  }
  if (error instanceof UserError) {
    const { key = "", expected = "" } = error.details;
    return { path: key, bit: null, expected, message: error.describe() };
  }
  if (error instanceof BytesError)
    return { path: "exi", bit: null, expected: "hexadecimal text", message: error.message };
  throw error;
}
