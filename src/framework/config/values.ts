/** A module's configuration values against its manifest. */
import { z } from "zod";
import type { ConfigSchema, Manifest } from "../manifest.ts";
import { type ConfigFault, faultsOf, suggestion, unknownKey } from "./faults.ts";
import { keyPlaceOf, type Located, type Path } from "./located.ts";
import type { ModuleEntry } from "./structure.ts";

export type Values = Readonly<Record<string, unknown>>;

export interface CheckedValues {
  readonly config: Values;
  readonly implConfig: Readonly<Record<string, Values>>;
}

/** As EVerest does, a key that the manifest does not know is ignored, but not silently. */
function checkValues(tree: Located, path: Path, values: Values, schema: ConfigSchema, faults: ConfigFault[]): Values {
  const known = Object.keys(schema.shape);
  const unknown = Object.keys(values).filter((key) => !known.includes(key));
  faults.push(...unknown.map((key) => unknownKey(tree, [...path, key], known, "warning")));
  const checked = schema.safeParse(Object.fromEntries(Object.entries(values).filter(([key]) => known.includes(key))));
  if (checked.success) return checked.data;
  faults.push(...faultsOf(tree, path, schema, checked.error.issues));
  return {};
}

/** @param path of the module's entry in `tree`. */
export function checkModuleValues(
  tree: Located,
  path: Path,
  entry: ModuleEntry,
  manifest: Manifest,
  faults: ConfigFault[],
): CheckedValues {
  const nothing = z.object({});
  const config = checkValues(tree, [...path, "config_module"], entry.config_module, manifest.config ?? nothing, faults);
  const implConfig = Object.entries(manifest.provides).map(([id, provision]): [string, Values] => {
    const place = [...path, "config_implementation", id];
    return [id, checkValues(tree, place, entry.config_implementation[id] ?? {}, provision.config ?? nothing, faults)];
  });
  for (const id of Object.keys(entry.config_implementation).filter((name) => !Object.hasOwn(manifest.provides, name))) {
    faults.push(unknownImplementation(tree, [...path, "config_implementation", id], entry, manifest, "error"));
  }
  for (const id of Object.keys(entry.mapping.implementations).filter(
    (name) => !Object.hasOwn(manifest.provides, name),
  )) {
    faults.push(unknownImplementation(tree, [...path, "mapping", "implementations", id], entry, manifest, "warning"));
  }
  return { config, implConfig: Object.fromEntries(implConfig) };
}

function unknownImplementation(
  tree: Located,
  path: Path,
  entry: ModuleEntry,
  manifest: Manifest,
  severity: ConfigFault["severity"],
): ConfigFault {
  const name = String(path.at(-1));
  const provided = Object.keys(manifest.provides);
  return {
    severity,
    ...keyPlaceOf(tree, path),
    key: path.join("."),
    message: `module ${entry.module} has no implementation '${name}'`,
    expected: `one of ${provided.join(", ")}`,
    fix: suggestion(name, provided) ?? "Remove it.",
  };
}
