/**
 * Writes the TypeScript types of every OCPP message from the Open Charge Alliance's JSON schemas in `schemas/`.
 *
 *     npx tsx scripts/generate-ocpp.ts
 *
 * The schemas repeat their shared definitions in every message; merged, each name becomes one exported type.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { compile, type JSONSchema } from "json-schema-to-typescript";

interface Version {
  /** As people say it. */
  readonly name: string;
  readonly schemas: string;
  readonly output: string;
}

const root = resolve(import.meta.dirname, "..");

export const versions: readonly Version[] = [
  {
    name: "1.6",
    schemas: resolve(root, "schemas/ocpp1.6.json"),
    output: resolve(root, "src/ocpp/v16/messages.generated.ts"),
  },
  {
    name: "2.0.1",
    schemas: resolve(root, "schemas/ocpp2.0.1.json"),
    output: resolve(root, "src/ocpp/v201/messages.generated.ts"),
  },
  {
    name: "2.1",
    schemas: resolve(root, "schemas/ocpp2.1.json"),
    output: resolve(root, "src/ocpp/v21/messages.generated.ts"),
  },
];

interface MessageSchema {
  /** `urn:<Action>.req` or `urn:<Action>.conf`; in 2.1 `urn:<Action>Request` or `urn:<Action>Response`. */
  readonly $id: string;
  readonly definitions?: Readonly<Record<string, unknown>>;
}

const typeName = (id: string) =>
  id
    .replace("urn:", "")
    .replace(/\.req$/, "Request")
    .replace(/\.conf$/, "Response");

const dropped = (key: string, value: unknown) =>
  ["$id", "$schema", "definitions", "comment", "javaType"].includes(key) ||
  (key === "description" && typeof value === "string") ||
  // A message without properties.
  (key === "properties" && typeof value === "object" && value !== null && Object.keys(value).length === 0);

/** A copy with structure only; what has none (`data` of DataTransfer) may be anything. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([key, entry]) => !dropped(key, entry));
  if (entries.length === 0) return { tsType: "unknown" };
  return Object.fromEntries(entries.map(([key, entry]) => [key, bare(entry)]));
}

function mergedDefinitions(messages: readonly MessageSchema[]): Record<string, JSONSchema> {
  const own = messages.map((message): [string, unknown] => [typeName(message.$id), message]);
  const shared = messages.flatMap((message) => Object.entries(message.definitions ?? {}));
  return Object.fromEntries([...shared, ...own].map(([name, schema]) => [name, bare(schema) as JSONSchema]));
}

function callsInterface(messages: readonly MessageSchema[]): string {
  const actions = messages.flatMap(({ $id }) => /^urn:(\w+?)(?:\.req|Request)$/.exec($id)?.[1] ?? []).sort();
  const lines = actions.map((action) => `  ${action}: { request: ${action}Request; response: ${action}Response };`);
  return [
    "/** Every action with what is asked and what is answered. */",
    "export interface Calls {",
    ...lines,
    "}",
    "",
  ].join("\n");
}

/** The text of one version's `messages.generated.ts`. */
export async function generate(version: Version): Promise<string> {
  const messages: MessageSchema[] = JSON.parse(readFileSync(version.schemas, "utf8"));
  const types = await compile({ type: "object", definitions: mergedDefinitions(messages) }, "Root", {
    bannerComment: "",
    unreachableDefinitions: true,
    ignoreMinAndMaxItems: true,
    additionalProperties: true,
    style: { printWidth: 120, trailingComma: "all" },
  });
  const exported = types
    .replace(/export interface Root \{[^}]*\}\n/, "")
    .replace(/\/\*\*\n \* This (interface|type) was referenced by (?:(?!\*\/)[\s\S])*\*\/\n/g, "");
  return [
    `// The messages of OCPP ${version.name}. Written by scripts/generate-ocpp.ts; do not edit.`,
    exported.trim(),
    callsInterface(messages),
  ].join("\n\n");
}

if (process.argv[1] === import.meta.filename) {
  for (const version of versions) writeFileSync(version.output, await generate(version));
}
