/** The connections of all modules against what their manifests require and provide. */
import { own } from "../../util/own.ts";
import type { Mapping } from "../errors.ts";
import type { Manifest } from "../manifest.ts";
import { type ConfigFault, suggestion } from "./faults.ts";
import { keyPlaceOf, type Located, type Path, placeOf } from "./located.ts";
import type { ModuleEntry } from "./structure.ts";

/** An active module whose entry could be read; the manifest is absent when there is no such module. */
export interface Candidate {
  readonly id: string;
  readonly entry: ModuleEntry;
  readonly manifest?: Manifest;
}

/** A connection's end; `mapping` is the implementation's, else its module's. */
export interface Connection {
  readonly moduleId: string;
  readonly implementationId: string;
  readonly mapping?: Mapping;
}

export type Connections = Readonly<Record<string, readonly Connection[]>>;

type Target = ModuleEntry["connections"][string][number];

interface Graph {
  readonly tree: Located;
  readonly candidates: ReadonlyMap<string, Candidate>;
  /** Modules that are in the file but could not be read: connections to them are neither right nor wrong. */
  readonly unreadable: ReadonlySet<string>;
  readonly faults: ConfigFault[];
}

const pathOf = (id: string, ...rest: (string | number)[]): Path => ["active_modules", id, ...rest];

/** What EVerest's mapping means: without an EVSE it is none. */
export function mappingOf(entry: ModuleEntry, implementationId?: string): Mapping | undefined {
  const own = implementationId === undefined ? undefined : entry.mapping.implementations[implementationId];
  const { evse, connector } = own ?? entry.mapping.module ?? {};
  return evse === undefined ? undefined : { evse, ...(connector !== undefined && { connector }) };
}

/** The names of all implementations of the station that provide an interface. */
function providersOf(graph: Graph, interfaceName: string): string[] {
  return [...graph.candidates.values()].flatMap(({ id, manifest }) =>
    Object.entries(manifest?.provides ?? {})
      .filter(([, provision]) => provision.interface.name === interfaceName)
      .map(([implementation]) => `${id}.${implementation}`),
  );
}

function connectTo(graph: Graph, interfaceName: string): string {
  const providers = providersOf(graph, interfaceName);
  if (providers.length === 0) return `Add a module that provides '${interfaceName}' to active_modules.`;
  return `Connect it to ${providers.join(" or ")}.`;
}

/** Checks one module's connections. A module that was not readable is not checked. */
export function checkConnections(graph: Graph, { id, entry, manifest }: Candidate): Connections {
  const requirements = manifest?.requires ?? {};
  if (manifest) checkRequirementNames(graph, id, entry, Object.keys(requirements));
  const connections = Object.entries(requirements).map(([name, requirement]): [string, Connection[]] => {
    const targets = entry.connections[name];
    const { min = 1, max = 1 } = requirement;
    checkCount(graph, id, name, targets?.length, min, max, requirement.interface.name);
    const interfaceName = requirement.interface.name;
    return [
      name,
      (targets ?? []).map((target, i) => checkTarget(graph, pathOf(id, "connections", name, i), target, interfaceName)),
    ];
  });
  return Object.fromEntries(connections);
}

function checkRequirementNames({ tree, faults }: Graph, id: string, entry: ModuleEntry, known: string[]): void {
  for (const name of Object.keys(entry.connections).filter((key) => !known.includes(key))) {
    const path = pathOf(id, "connections", name);
    faults.push({
      severity: "error",
      ...keyPlaceOf(tree, path),
      key: path.join("."),
      message: `module ${entry.module} requires nothing called '${name}'`,
      expected: known.length > 0 ? `one of ${known.join(", ")}` : "no connections",
      fix: suggestion(name, known) ?? "Remove it.",
    });
  }
}

function checkCount(
  graph: Graph,
  id: string,
  name: string,
  count: number | undefined,
  min: number,
  max: number,
  interfaceName: string,
): void {
  if (count === undefined ? min === 0 : count >= min && count <= max) return;
  const path = pathOf(id, "connections", name);
  const range = min === max ? `exactly ${min}` : `${min} to ${max}`;
  graph.faults.push({
    severity: "error",
    ...(count === undefined ? placeOf(graph.tree, path) : keyPlaceOf(graph.tree, path)),
    key: path.join("."),
    message:
      count === undefined ? `requirement '${name}' of '${id}' is not connected` : `'${name}' has ${count} connections`,
    expected: `${range} of interface ${interfaceName}`,
    fix: (count ?? 0) > max ? "Remove some." : connectTo(graph, interfaceName),
  });
}

function checkTarget(graph: Graph, path: Path, target: Target, wanted: string): Connection {
  const { module_id, implementation_id } = target;
  const candidate = graph.candidates.get(module_id);
  const connection = { moduleId: module_id, implementationId: implementation_id };
  if (!candidate) {
    if (!graph.unreadable.has(module_id))
      graph.faults.push(noSuchModule(graph, [...path, "module_id"], module_id, wanted));
    return connection;
  }
  const provided = candidate.manifest?.provides ?? {};
  const provision = own(provided, implementation_id);
  if (candidate.manifest && provision?.interface.name !== wanted) {
    const offer = provision
      ? `'${module_id}.${implementation_id}' provides ${provision.interface.name}`
      : `module '${module_id}' (${candidate.entry.module}) has no implementation '${implementation_id}'`;
    const fitting = Object.keys(provided).filter((name) => provided[name]?.interface.name === wanted);
    const place = [...path, "implementation_id"];
    graph.faults.push({
      severity: "error",
      ...placeOf(graph.tree, place),
      key: place.join("."),
      message: offer,
      expected: `an implementation of interface ${wanted}`,
      fix: fitting.length > 0 ? `Write ${fitting.join(" or ")}.` : connectTo(graph, wanted),
    });
  }
  const mapping = mappingOf(candidate.entry, implementation_id);
  return { ...connection, ...(mapping && { mapping }) };
}

function noSuchModule(graph: Graph, path: Path, moduleId: string, wanted: string): ConfigFault {
  const like = suggestion(moduleId, graph.candidates.keys());
  return {
    severity: "error",
    ...placeOf(graph.tree, path),
    key: path.join("."),
    message: `there is no module '${moduleId}' in active_modules`,
    expected: `a module that provides interface ${wanted}`,
    fix: like ?? connectTo(graph, wanted),
  };
}
