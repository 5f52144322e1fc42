/** What is wrong with a configuration, told so that it can be mended without looking anything up. */
import { z } from "zod";
import { UserError, type UserErrorDetails } from "../../util/errors.ts";
import { nearest } from "../../util/nearest.ts";
import { childAt, keyPlaceOf, type Located, type Path, placeOf, toValue } from "./located.ts";

export interface ConfigFault extends UserErrorDetails {
  readonly message: string;
  /** A warning starts the station all the same. */
  readonly severity: "error" | "warning";
}

/** `file:line:column: message (key K; expected E). Fix.` */
export function describeFault(fault: ConfigFault): string {
  return new UserError(fault.message, fault).describe();
}

/** A configuration that cannot be used; `faults` are all there are, in the order of the file. */
export class ConfigError extends UserError {
  readonly faults: readonly ConfigFault[];
  constructor(file: string, faults: readonly ConfigFault[]) {
    const errors = faults.filter((fault) => fault.severity === "error");
    super(errors.length === 1 ? (errors[0]?.message ?? "") : `${errors.length} faults in the configuration ${file}`, {
      file,
      ...(errors.length === 1 && errors[0]),
    });
    this.faults = faults;
  }

  /** One line a fault. */
  override describe(): string {
    const word = ({ severity }: ConfigFault) => (severity === "warning" ? "warning: " : "");
    return this.faults.map((fault) => `${word(fault)}${describeFault(fault)}`).join("\n");
  }
}

type Issue = z.core.$ZodIssue;

const typeNames: Readonly<Record<string, string>> = {
  string: "text",
  int: "an integer",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "a map",
  record: "a map",
};

const bound = (issue: { origin: string }, limit: number | bigint, word: string) => {
  const unit = { string: " characters", array: " entries" }[issue.origin] ?? "";
  return `${word} ${limit}${unit}`;
};

/** What would have been right, in words. */
function expectedBy(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type":
      return typeNames[issue.expected] ?? issue.expected;
    case "invalid_value":
      return issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.map(String).join(", ")}`;
    case "too_small":
      return bound(issue, issue.minimum, "at least");
    case "too_big":
      return bound(issue, issue.maximum, "at most");
    case "invalid_format":
      return `text like ${issue.pattern ?? issue.format}`;
    default:
      return issue.message;
  }
}

/** How a value was written, cut to a length that fits a line. */
function quote(value: unknown): string {
  // What nobody can see is shown by its number.
  const visible = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  const text = (JSON.stringify(value) ?? "nothing").replace(
    /[\u0080-\u00a0\u00ad\u2000-\u200f\u2028-\u202f\ufeff]/g,
    visible,
  );
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function fixFor(issue: Issue, value: unknown): string | undefined {
  if (issue.code === "invalid_value" && typeof value === "string") return suggestion(value, issue.values.map(String));
  if (issue.code !== "invalid_type") return undefined;
  if (issue.expected === "array" && isMap(value)) return "Put '- ' in front of its first line.";
  if (issue.expected === "string" && typeof value !== "object") return `Put it in quotes: "${String(value)}".`;
  if (typeof value !== "string") return undefined;
  if (issue.expected === "boolean") return "Write true or false, without quotes.";
  return value.trim() !== "" && Number.isFinite(Number(value)) ? "Write the number without quotes." : undefined;
}

const isMap = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);

/** `Did you mean 'x'?` for what is like one of `known`. */
export function suggestion(word: string, known: Iterable<string>): string | undefined {
  const like = nearest(word, known);
  return like === undefined ? undefined : `Did you mean '${like}'?`;
}

/** @param base where the value that `schema` has refused stands in `tree`. */
export function faultsOf(tree: Located, base: Path, schema: z.core.$ZodType, issues: readonly Issue[]): ConfigFault[] {
  return issues.flatMap((issue) => {
    const path = [...base, ...issue.path];
    if (issue.code !== "unrecognized_keys")
      return [faultOf(tree, path, withInteger(issue, schemaAt(schema, issue.path)))];
    const known = keysAt(schema, issue.path);
    return issue.keys.map((key) => unknownKey(tree, [...path, key], known, "error"));
  });
}

/** The schema of what is below `path`, without its wrappers. */
function schemaAt(schema: unknown, path: Path): unknown {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodExactOptional) return schemaAt(schema.unwrap(), path);
  const [step, ...rest] = path;
  if (step === undefined) return schema;
  if (schema instanceof z.ZodRecord) return schemaAt(schema.valueType, rest);
  if (schema instanceof z.ZodArray) return schemaAt(schema.element, rest);
  return schema instanceof z.ZodObject ? schemaAt(schema.shape[String(step)], rest) : undefined;
}

/** The keys that a schema knows below `path`. */
function keysAt(schema: unknown, path: Path): string[] {
  const found = schemaAt(schema, path);
  return found instanceof z.ZodObject ? Object.keys(found.shape) : [];
}

/** Zod says only of a fraction that an integer was expected. */
function withInteger(issue: Issue, schema: unknown): Issue {
  const isInteger = schema instanceof z.ZodNumber && schema.format === "safeint";
  return issue.code === "invalid_type" && issue.expected === "number" && isInteger
    ? { ...issue, expected: "int" }
    : issue;
}

function faultOf(tree: Located, path: Path, issue: Issue): ConfigFault {
  const name = path.length === 0 ? "the configuration" : `'${String(path.at(-1))}'`;
  const value = childAt(tree, path);
  const key = path.map(String).join(".");
  if (issue.code === "invalid_key") {
    const expected = issue.issues[0] ? expectedBy(issue.issues[0]) : "another name";
    return { severity: "error", ...keyPlaceOf(tree, path), key, message: `${name} is not a valid name`, expected };
  }
  const expected = expectedBy(issue);
  if (!value) return { severity: "error", ...placeOf(tree, path), key, message: `${name} is missing`, expected };
  const written = toValue(value);
  const isSecret = /password/i.test(key);
  const fix = isSecret && issue.code === "invalid_type" ? "Put it in quotes." : fixFor(issue, written);
  const message = isSecret ? `${name} cannot be what it is` : `${name} cannot be ${quote(written)}`;
  return { severity: "error", ...value.at, key, message, expected, ...(fix && { fix }) };
}

export function unknownKey(
  tree: Located,
  path: Path,
  known: Iterable<string>,
  severity: ConfigFault["severity"],
): ConfigFault {
  const name = String(path.at(-1));
  const names = [...known];
  const like = suggestion(name, names);
  const expected = names.length > 0 ? `one of ${names.join(", ")}` : "no key at all";
  const message = `unknown key '${name}'${severity === "warning" ? " is ignored" : ""}`;
  const found = { severity, ...keyPlaceOf(tree, path), key: path.map(String).join("."), message };
  // Some modules know eighty keys; who has only misspelt one does not want to read them all.
  return like === undefined ? { ...found, expected, fix: "Remove it." } : { ...found, fix: like };
}
