/** `--fault NAME` and `--fault list`. */
import { InvalidArgumentError, Option } from "commander";
import { catalogue, expectedWords, type Fault, type Side } from "../../faults/index.ts";
import { nearest } from "../../util/nearest.ts";
import { type Io, writeLine } from "../io.ts";

/** What is to be done wrong: some faults, one after the other; or they are only to be shown. */
export type Chosen = readonly Fault[] | "list";

export function faultOption(side: Side): Option {
  const about = "do this wrong, and see whether the other side is right about it: a name, a group of them, or all";
  return new Option("--fault <name>", `${about}; list shows them`).argParser((name): Chosen => {
    const faults = catalogue[side].filter((fault) => name === "all" || [fault.name, fault.group].includes(name));
    if (name === "list" || faults.length > 0) return name === "list" ? name : faults;
    throw new InvalidArgumentError(`There is no such fault.${didYouMean(side, name)} --fault list shows them.`);
  });
}

function didYouMean(side: Side, name: string): string {
  const near = nearest(
    name,
    catalogue[side].flatMap((fault) => [fault.name, fault.group]),
  );
  return near === undefined ? "" : ` Did you mean ${near}?`;
}

/** Two lines a fault; with `json` one object a line. */
export async function listFaults(side: Side, io: Pick<Io, "stdout">, json: boolean): Promise<void> {
  const width = Math.max(...catalogue[side].map(({ name }) => name.length));
  for (const fault of catalogue[side]) {
    await writeLine(io.stdout, json ? JSON.stringify(row(fault)) : lines(fault, width).join("\n"));
  }
}

function row({ name, about, at, needs, expect, rule, danger, attacks }: Fault) {
  return { name, about, at, needs, expected: expect.map(({ words }) => words), rule, danger, attacks };
}

const who = { ev: "a right charger", secc: "a right car" } as const;

function lines(fault: Fault, width: number): string[] {
  const { name, about, at, rule, attacks, side } = fault;
  const indent = " ".repeat(width + 2);
  const known = attacks.length > 0 ? `; ${attacks.join(", ")}` : "";
  return [`${name.padEnd(width)}  ${about} (${at})`, `${indent}${who[side]} ${expectedWords(fault)} [${rule}${known}]`];
}
