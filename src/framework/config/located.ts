/** YAML whose every key and value knows where it was written, also after another file was merged over it. */
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from "yaml";
import { syntaxFaults } from "./syntax.ts";

/** `line` and `column` count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface Entry {
  readonly key: Place;
  readonly value: Located;
}

export type Located =
  | { readonly kind: "map"; readonly at: Place; readonly entries: ReadonlyMap<string, Entry> }
  | { readonly kind: "list"; readonly at: Place; readonly items: readonly Located[] }
  | { readonly kind: "scalar"; readonly at: Place; readonly value: unknown };

export interface LocatedFault extends Place {
  readonly message: string;
  readonly key?: string;
  readonly expected?: string;
  readonly fix?: string;
  /** The rest of the file says what it says all the same. */
  readonly isReadable?: boolean;
}

const below = (path: string, step: string) => (path === "" ? step : `${path}.${step}`);

function writtenTwice(name: string, at: Place, first: Place, key: string): LocatedFault {
  const fix = `Keep this one or that of line ${first.line}.`;
  return { ...at, key, message: `'${name}' is written twice`, expected: "each key once", fix, isReadable: true };
}

/** Reads one YAML document; an empty one is an empty map. */
export function parseLocated(text: string, file: string): { tree: Located; faults: LocatedFault[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  const faults = syntaxFaults(document.errors, text).map(
    ({ offset, ...fault }): LocatedFault => ({ ...at(offset), ...fault }),
  );
  const done = new Map<Node, Located>();

  function locate(node: unknown, fallback: Place, path: string): Located {
    if (isAlias(node)) return locateAlias(node.resolve(document), at(node.range?.[0] ?? 0));
    const known = done.get(node as Node);
    if (known) return known;
    const place = (node as Node | null)?.range ? at((node as Node).range?.[0] ?? 0) : fallback;
    const located = locateNew(node, place, path);
    if (node) done.set(node as Node, located);
    return located;
  }

  /** An alias within its own anchor would never end; `done` holds an anchored value only when it is complete. */
  function locateAlias(target: Node | undefined, place: Place): Located {
    const known = target && done.get(target);
    if (known) return known;
    faults.push({ ...place, message: target ? "an alias cannot stand within its own anchor" : "unknown alias" });
    return { kind: "scalar", at: place, value: null };
  }

  function locateNew(node: unknown, place: Place, path: string): Located {
    if (isMap(node)) return { kind: "map", at: place, entries: locateEntries(node.items, place, path) };
    if (isSeq(node)) {
      return { kind: "list", at: place, items: node.items.map((item, i) => locate(item, place, below(path, `${i}`))) };
    }
    return { kind: "scalar", at: place, value: isScalar(node) ? node.value : null };
  }

  /** A key that is written twice is a fault, and the first one counts. */
  function locateEntries(pairs: readonly Pair[], place: Place, path: string): Map<string, Entry> {
    const entries = new Map<string, Entry>();
    for (const pair of pairs) {
      const key = locate(pair.key, place, path);
      const name = key.kind === "scalar" ? String(key.value) : "";
      const value = locate(pair.value, key.at, below(path, name));
      const first = entries.get(name);
      if (first) faults.push(writtenTwice(name, key.at, first.key, below(path, name)));
      else entries.set(name, { key: key.at, value });
    }
    return entries;
  }

  const start = { file, line: 1, column: 1 };
  if (document.contents === null) return { tree: { kind: "map", at: start, entries: new Map() }, faults };
  return { tree: locate(document.contents, start, ""), faults };
}

/** Values that were written nowhere, as from a command line; `file` says where they come from. */
export function locateValue(value: unknown, file: string): Located {
  const at = { file, line: 1, column: 1 };
  if (Array.isArray(value)) return { kind: "list", at, items: value.map((item) => locateValue(item, file)) };
  if (typeof value !== "object" || value === null) return { kind: "scalar", at, value: value ?? null };
  const entries = Object.entries(value).map(([key, item]): [string, Entry] => [
    key,
    { key: at, value: locateValue(item, file) },
  ]);
  return { kind: "map", at, entries: new Map(entries) };
}

/** JSON merge patch (RFC 7386): maps merge, null removes, all else replaces. */
export function mergePatch(target: Located | undefined, patch: Located): Located {
  if (patch.kind !== "map") return patch;
  const base = target?.kind === "map" ? target : { ...patch, entries: new Map<string, Entry>() };
  const entries = new Map(base.entries);
  for (const [name, entry] of patch.entries) {
    if (entry.value.kind === "scalar" && entry.value.value === null) entries.delete(name);
    else entries.set(name, { key: entry.key, value: mergePatch(entries.get(name)?.value, entry.value) });
  }
  return { ...base, entries };
}

export function toValue(tree: Located): unknown {
  if (tree.kind === "scalar") return tree.value;
  if (tree.kind === "list") return tree.items.map(toValue);
  return Object.fromEntries([...tree.entries].map(([name, { value }]) => [name, toValue(value)]));
}

export type Path = readonly PropertyKey[];

export function childAt(tree: Located | undefined, path: Path): Located | undefined {
  return path.reduce<Located | undefined>((node, step) => {
    if (node?.kind === "map") return node.entries.get(String(step))?.value;
    return node?.kind === "list" ? node.items[Number(step)] : undefined;
  }, tree);
}

/** Where the value at `path` is written; for one that is not there, where the key of its nearest parent is. */
export function placeOf(tree: Located, path: Path): Place {
  const value = childAt(tree, path);
  if (value) return value.at;
  for (let length = path.length - 1; length > 0; length--) {
    const parent = childAt(tree, path.slice(0, length));
    if (parent) return keyPlaceOf(tree, path.slice(0, length));
  }
  return tree.at;
}

/** Where the key at the end of `path` is written. */
export function keyPlaceOf(tree: Located, path: Path): Place {
  const parent = childAt(tree, path.slice(0, -1));
  const entry = parent?.kind === "map" ? parent.entries.get(String(path.at(-1))) : undefined;
  return entry?.key ?? placeOf(tree, path);
}
