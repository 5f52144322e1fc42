/** Our interfaces and manifests as EVerest's manager distributes them: JSON with JSON Schema (draft-07) in it. */
import { z } from "zod";
import type { InterfaceDefinition } from "../interface.ts";
import type { ConfigSchema, Manifest } from "../manifest.ts";

export type Json = Readonly<Record<string, unknown>>;

const schemaOptions = { target: "draft-7", unrepresentable: "any", io: "input" } as const;

/** JSON Schema of a value; it always has a `type`, which EVerest's bindings look at. */
export function schemaOf(schema: z.ZodType): Json {
  const { $schema, ...json } = z.toJSONSchema(schema, schemaOptions) as Record<string, unknown>;
  return json.type === undefined ? { type: typesOf(json), ...json } : json;
}

/** Without limits that come from JavaScript and not from an interface. */
export function withinReason(limit: unknown): number | undefined {
  return typeof limit === "number" && Math.abs(limit) < Number.MAX_SAFE_INTEGER ? limit : undefined;
}

function typesOf(json: Json): string | string[] {
  const branches = [json.anyOf, json.oneOf].filter(Array.isArray).flat() as Json[];
  const types = [...new Set(branches.flatMap((branch) => (branch.type as string | string[]) ?? []))];
  const [only, ...more] = types;
  if (only === undefined) return ["string", "number", "integer", "boolean", "object", "array", "null"];
  return more.length === 0 ? only : types;
}

const mapValues = <T>(record: Readonly<Record<string, T>>, map: (value: T, key: string) => unknown): Json =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]));

/** What EVerest makes of an interface file: references to error files are replaced by the errors themselves. */
export function interfaceDefinition({ cmds, vars, errors }: InterfaceDefinition): Json {
  const files = new Map<string, Record<string, Json>>();
  for (const type of errors) {
    const [namespace = "", name = ""] = type.split("/");
    const file = files.get(namespace) ?? {};
    file[name] = { namespace, name, description: name };
    files.set(namespace, file);
  }
  return {
    cmds: mapValues(cmds, ({ args, result }) => ({ arguments: mapValues(args, schemaOf), result: schemaOf(result) })),
    vars: mapValues(vars, schemaOf),
    errors: Object.fromEntries(files),
  };
}

const metadata = { license: "https://opensource.org/licenses/Apache-2.0", authors: ["plugcharge"] };

/** A manifest as EVerest has it when every default is filled in. */
export function manifestDefinition(manifest: Manifest): Json {
  const { description, config, provides, requires } = manifest;
  return {
    description,
    metadata,
    config: configDefinition(config),
    provides: mapValues(provides, (provision, id) => ({
      ...{ description: id, interface: provision.interface.name },
      ...(provision.config && { config: configDefinition(provision.config) }),
    })),
    requires: mapValues(requires, ({ interface: it, min = 1, max = 1 }) => ({
      ...{ interface: it.name, min_connections: min, max_connections: max },
    })),
    enable_external_mqtt: manifest.enable_external_mqtt ?? false,
    enable_telemetry: manifest.enable_telemetry ?? false,
    enable_global_errors: manifest.enable_global_errors ?? false,
  };
}

function configDefinition(config: ConfigSchema | undefined): Json {
  return mapValues(config?.shape ?? {}, (schema, key) => {
    const { minimum, maximum, ...json } = schemaOf(schema as z.ZodType);
    const [least, most] = [withinReason(minimum), withinReason(maximum)];
    const limits = { ...(least !== undefined && { minimum: least }), ...(most !== undefined && { maximum: most }) };
    return { description: key, mutability: "ReadOnly", ...json, ...limits };
  });
}

/** Every interface that some modules provide or require, by name. */
export function interfacesOf(manifests: Iterable<Manifest>): Map<string, InterfaceDefinition> {
  const all = [...manifests].flatMap(({ provides, requires }) => [
    ...Object.values(provides),
    ...Object.values(requires),
  ]);
  return new Map(all.map((each) => [each.interface.name, each.interface]));
}
