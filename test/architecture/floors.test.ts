import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { describe, expect, it } from "vitest";

/** A file imports only from a strictly lower floor or from its own folder. */
const floors: readonly (readonly string[])[] = [
  ["util"],
  ["exi", "v2gtp", "x509", "rpc", "fsm", "framework", "transport"],
  ["iso15118", "ocpp", "evseSecurity", "pki", "interfaces"],
  ["secc", "evcc", "faults", "chargePoint", "csms"],
  ["modules"],
  ["cli"],
];
const root = resolve(import.meta.dirname, "../../src");
const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));

const folderOf = (file: string) => file.split(sep)[0] ?? "";
const floorOf = (folder: string) => floors.findIndex((floor) => floor.includes(folder));

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), "utf8");
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map((match) => match[1] ?? "");
  return specifiers.map((specifier) => relative(root, resolve(root, dirname(file), specifier)));
}

const graph = new Map(files.map((file) => [file, importsOf(file)]));

function cycleFrom(start: string, path: readonly string[], done: Set<string>): string[] | undefined {
  if (path.includes(start)) return [...path.slice(path.indexOf(start)), start];
  if (done.has(start)) return undefined;
  for (const next of graph.get(start) ?? []) {
    const cycle = cycleFrom(next, [...path, start], done);
    if (cycle) return cycle;
  }
  done.add(start);
  return undefined;
}

describe("architecture", () => {
  it("has every folder on a floor", () => {
    expect(files.filter((file) => floorOf(folderOf(file)) < 0)).toEqual([]);
  });

  it("imports only from lower floors", () => {
    const wrong = [...graph].flatMap(([file, targets]) =>
      targets
        .filter((target) => folderOf(target) !== folderOf(file))
        .filter((target) => floorOf(folderOf(target)) >= floorOf(folderOf(file)))
        .map((target) => `${file} -> ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it("has no import cycle", () => {
    const done = new Set<string>();
    expect(files.map((file) => cycleFrom(file, [], done)).filter(Boolean)).toEqual([]);
  });

  it("keeps real time and chance in util", () => {
    const forbidden = /\b(Date\.now|Math\.random|setTimeout|setInterval)\b/;
    const wrong = files
      .filter((file) => folderOf(file) !== "util")
      .filter((file) => forbidden.test(readFileSync(join(root, file), "utf8")));
    expect(wrong).toEqual([]);
  });

  it("throws no plain Error and hides nothing from the compiler", () => {
    const forbidden = /new Error\(|@ts-(ignore|nocheck|expect-error)|biome-ignore|\bTODO\b|\bFIXME\b/;
    expect(files.filter((file) => forbidden.test(readFileSync(join(root, file), "utf8")))).toEqual([]);
  });
});
