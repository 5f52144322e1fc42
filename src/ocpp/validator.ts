/** Checks payloads against the Open Charge Alliance's JSON schemas; each message is compiled when it is first met. */
import { readFileSync } from "node:fs";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import { isDateTime } from "./dateTime.ts";
import { faultCodes, faultOfKeyword, type OcppVersion } from "./errorCodes.ts";

export type Direction = "request" | "response";

export type Verdict =
  | { readonly ok: true }
  /** `code` is what a CALLERROR carries; `description` has at most 255 characters and repeats no value of the payload. */
  | { readonly ok: false; readonly code: string; readonly description: string };

export interface Validator {
  readonly version: OcppVersion;
  /** Whether the version has this action. */
  knows(action: string): boolean;
  /** An unknown action is refused with NotImplemented. */
  validate(action: string, direction: Direction, payload: unknown): Verdict;
}

interface MessageSchema {
  /** `urn:<Action>.req` or `urn:<Action>.conf`. */
  readonly $id: string;
}

const accepted: Verdict = { ok: true };
const suffixes: Readonly<Record<Direction, string>> = { request: "req", response: "conf" };

/** A schema on its way into the validator; the file stays as it is. */
export type Adapt = (id: string, schema: object) => object;

/** Limits such as 0.1 are no binary fractions, so a multiple counts as one up to this many decimals. */
const MULTIPLE_OF_PRECISION = 6;

/**
 * @param schemas the file with all schemas of `version`, read when the first payload is checked.
 * @param adapt makes a schema another, for what deviates from the version's own.
 */
export function createValidator(version: OcppVersion, schemas: URL, adapt: Adapt = (_id, schema) => schema): Validator {
  const compiled = new Map<string, ValidateFunction>();
  let library: { readonly ajv: Ajv; readonly byId: ReadonlyMap<string, object> } | undefined;

  function load() {
    library ??= {
      ajv: new Ajv({
        strict: false,
        logger: false,
        formats: { "date-time": isDateTime },
        multipleOfPrecision: MULTIPLE_OF_PRECISION,
      }),
      byId: schemasById(schemas),
    };
    return library;
  }

  function compile(id: string): ValidateFunction | undefined {
    const known = compiled.get(id);
    if (known) return known;
    const { ajv, byId } = load();
    const schema = byId.get(id);
    if (!schema) return undefined;
    const check = ajv.compile(adapt(id, schema));
    compiled.set(id, check);
    return check;
  }

  return {
    version,
    knows: (action) => load().byId.has(`urn:${action}.req`),
    validate(action, direction, payload) {
      const check = compile(`urn:${action}.${suffixes[direction]}`);
      if (!check) return { ok: false, code: "NotImplemented", description: `OCPP ${version} has no such action` };
      if (check(payload)) return accepted;
      return refusal(version, check.errors?.[0]);
    },
  };
}

function schemasById(file: URL): ReadonlyMap<string, object> {
  const list: readonly MessageSchema[] = JSON.parse(readFileSync(file, "utf8"));
  // The ids are not well-formed URNs, which Ajv refuses; nothing refers to them.
  return new Map(list.map(({ $id, ...schema }) => [messageId($id), schema]));
}

/** In the files of 2.1 the ids are written in another way: `urn:<Action>Request`. */
function messageId($id: string): string {
  return $id.replace(/Request$/, ".req").replace(/Response$/, ".conf");
}

function refusal(version: OcppVersion, error: ErrorObject | undefined): Verdict {
  const code = faultCodes[version][faultOfKeyword(error?.keyword ?? "type")];
  const place = error?.instancePath ? error.instancePath.slice(1).replaceAll("/", ".") : "payload";
  return { ok: false, code, description: `${place} ${explain(error)}`.slice(0, 255) };
}

/** In words, from the schema's side only: limits and names it has, never what was received. */
function explain(error: ErrorObject | undefined): string {
  const limit = error?.params.limit;
  switch (error?.keyword) {
    case "required":
      return `lacks ${error.params.missingProperty}`;
    case "type":
      return `must be of type ${error.params.type}`;
    case "enum":
      return `must be one of ${error.params.allowedValues.join(", ")}`;
    case "maxLength":
      return `is longer than ${limit} characters`;
    case "additionalProperties":
      return `has a property unknown here${named(error.params.additionalProperty)}`;
    default:
      return error?.message ?? "is not valid";
  }
}

/** A property's name helps to find a slip, so one that looks like a name is told; anything else could be an attack. */
function named(property: unknown): string {
  return typeof property === "string" && /^\w{1,50}$/.test(property) ? `: ${property}` : "";
}
