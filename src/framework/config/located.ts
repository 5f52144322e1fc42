/** YAML whose every key and value knows where it was written, also after another file was merged over it. */
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from "yaml";

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

export interface SyntaxFault extends Place {
  readonly message: string;
}

/** Reads one YAML document; an empty one is an empty map. */
export function parseLocated(text: string, file: string): { tree: Located; faults: SyntaxFault[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  const faults: SyntaxFault[] = document.errors.map((error) => ({ ...at(error.pos[0]), message: error.message }));
  const done = new Map<Node, Located>();

  function locate(node: unknown, fallback: Place): Located {
    if (isAlias(node)) return locateAlias(node.resolve(document), at(node.range?.[0] ?? 0));
    const known = done.get(node as Node);
    if (known) return known;
    const place = (node as Node | null)?.range ? at((node as Node).range?.[0] ?? 0) : fallback;
    const located = locateNew(node, place);
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

  function locateNew(node: unknown, place: Place): Located {
    if (isMap(node)) {
      const entries = node.items.map((pair) => locateEntry(pair, place));
      return { kind: "map", at: place, entries: new Map(entries) };
    }
    if (isSeq(node)) return { kind: "list", at: place, items: node.items.map((item) => locate(item, place)) };
    return { kind: "scalar", at: place, value: isScalar(node) ? node.value : null };
  }

  function locateEntry(pair: Pair, place: Place): [string, Entry] {
    const key = locate(pair.key, place);
    return [key.kind === "scalar" ? String(key.value) : "", { key: key.at, value: locate(pair.value, key.at) }];
  }

  const start = { file, line: 1, column: 1 };
  if (document.contents === null) return { tree: { kind: "map", at: start, entries: new Map() }, faults };
  return { tree: locate(document.contents, start), faults };
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
