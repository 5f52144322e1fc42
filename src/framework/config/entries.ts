/** The `active_modules` of a configuration, one by one and then together. */
import { own } from "../../util/own.ts";
import type { Mapping } from "../errors.ts";
import type { Module } from "../module.ts";
import { type ConfigFault, faultsOf, suggestion, unknownKey } from "./faults.ts";
import { childAt, keyPlaceOf, type Located, type Path, placeOf, toValue } from "./located.ts";
import { PROBE, probeModule } from "./probe.ts";
import { loosePlaces, ModuleEntry, moduleId } from "./structure.ts";
import { checkModuleValues, type Values } from "./values.ts";
import { type Candidate, type Connections, checkConnections, mappingOf } from "./wiring.ts";

/** The modules that a configuration may name, by name. */
export type ModuleCatalogue = Readonly<Record<string, Module>>;

/** One module of a station, ready to be started. */
export interface ModulePlan {
  readonly id: string;
  readonly moduleName: string;
  readonly module: Module;
  readonly config: Values;
  readonly implConfig: Readonly<Record<string, Values>>;
  /** For every requirement of the manifest, in the order of the file. */
  readonly connections: Connections;
  /** Another process starts it. */
  readonly standalone: boolean;
  readonly mapping?: Mapping;
  /** For every implementation that is mapped, by itself or with its module. */
  readonly implementationMappings: Readonly<Record<string, Mapping>>;
  /** As it was written. */
  readonly entry: ModuleEntry;
}

/** Checks every active module: its entry, its values and its connections. */
export function checkModules(tree: Located, known: ModuleCatalogue, faults: ConfigFault[]): ModulePlan[] {
  const section = childAt(tree, ["active_modules"]);
  const probe = section && probeModule(toValue(section), known);
  const modules = probe ? { ...known, [PROBE]: probe } : known;
  const ids = section?.kind === "map" ? [...section.entries.keys()] : [];
  const read = ids.map((id) => readEntry(tree, id, modules, faults));
  const candidates = new Map(read.flatMap(({ id, candidate }) => (candidate ? [[id, candidate] as const] : [])));
  const unreadable = new Set(read.filter(({ candidate }) => !candidate).map(({ id }) => id));
  const graph = { tree, candidates, unreadable, faults };
  return read.flatMap(({ id, candidate, wired }) => {
    const module = candidate && own(modules, candidate.entry.module);
    if (!module) return [];
    const { entry } = candidate;
    const values = checkModuleValues(tree, ["active_modules", id], entry, module.manifest, faults);
    const connections = wired ? checkConnections(graph, candidate) : {};
    if (entry.telemetry && !module.manifest.enable_telemetry) faults.push(noTelemetry(tree, id, entry.module));
    const { module: moduleName, standalone } = entry;
    return [{ id, moduleName, module, standalone, ...values, connections, ...mappingsOf(entry, module), entry }];
  });
}

function noTelemetry(tree: Located, id: string, name: string): ConfigFault {
  const path = ["active_modules", id, "telemetry"];
  const message = `module ${name} publishes no telemetry`;
  return { severity: "warning", ...keyPlaceOf(tree, path), key: path.join("."), message, fix: "Remove it." };
}

function mappingsOf(entry: ModuleEntry, module: Module): Pick<ModulePlan, "mapping" | "implementationMappings"> {
  const mapping = mappingOf(entry);
  const mapped = Object.keys(module.manifest.provides).flatMap((id) => {
    const own = mappingOf(entry, id);
    return own ? [[id, own] as const] : [];
  });
  return { ...(mapping && { mapping }), implementationMappings: Object.fromEntries(mapped) };
}

interface ReadEntry {
  readonly id: string;
  /** Absent when the entry is too broken to say what it is. */
  readonly candidate?: Candidate;
  /** False when its connections could not be read. */
  readonly wired: boolean;
}

/** What means nothing is said, also where it does no harm. */
function warnOfLooseKeys(tree: Located, entry: Path, faults: ConfigFault[]): void {
  for (const [steps, known] of loosePlaces) {
    for (const path of expand(tree, entry, steps)) {
      const place = childAt(tree, path);
      const keys = place?.kind === "map" ? [...place.entries.keys()] : [];
      const unknown = keys.filter((key) => !known.includes(key));
      faults.push(...unknown.map((key) => unknownKey(tree, [...path, key], known, "warning")));
    }
  }
}

/** Every path that there is below `path`. */
function expand(tree: Located, path: Path, [step, ...rest]: readonly string[]): Path[] {
  if (step === undefined) return [path];
  if (step !== "*") return expand(tree, [...path, step], rest);
  const node = childAt(tree, path);
  return node?.kind === "map" ? [...node.entries.keys()].flatMap((key) => expand(tree, [...path, key], rest)) : [];
}

/** Reads an entry; parts of it with faults are reported and left out, so that the others are checked all the same. */
function readEntry(tree: Located, id: string, modules: ModuleCatalogue, faults: ConfigFault[]): ReadEntry {
  const path = ["active_modules", id];
  if (!moduleId.safeParse(id).success) {
    const expected = "letters, digits, '_', '-' and '.', and a letter or '_' first";
    faults.push({
      severity: "error",
      ...keyPlaceOf(tree, path),
      key: path.join("."),
      message: `'${id}' cannot be a module's id`,
      expected,
    });
  }
  warnOfLooseKeys(tree, path, faults);
  const value = toValue(childAt(tree, path) ?? tree);
  const first = ModuleEntry.safeParse(value);
  if (!first.success) faults.push(...faultsOf(tree, path, ModuleEntry, first.error.issues));
  const broken = new Set(
    first.error?.issues.flatMap((issue) => issue.path[0] ?? (issue.code === "unrecognized_keys" ? issue.keys : [])),
  );
  const usable = Object.entries(Object(value)).filter(([key]) => !broken.has(key));
  const { success, data: entry } = ModuleEntry.safeParse(Object.fromEntries(usable));
  if (!success) return { id, wired: false };
  const manifest = own(modules, entry.module)?.manifest;
  if (!manifest) faults.push(noSuchModule(tree, id, entry.module, modules));
  return { id, candidate: { id, entry, ...(manifest && { manifest }) }, wired: !broken.has("connections") };
}

function noSuchModule(tree: Located, id: string, name: string, modules: ModuleCatalogue): ConfigFault {
  if (name === PROBE) {
    const path = ["active_modules", id, "module"];
    const message = `there is more than one ${PROBE}`;
    return { severity: "error", ...placeOf(tree, path), key: path.join("."), message, fix: "Keep one of them." };
  }
  const known = Object.keys(modules);
  const fix = suggestion(name, known) ?? `Use one of ${known.join(", ")}.`;
  const path = ["active_modules", id, "module"];
  return {
    severity: "error",
    ...placeOf(tree, path),
    key: path.join("."),
    message: `there is no module '${name}'`,
    fix,
  };
}
