/** `--fault NAME` and `--fault list`. */
import { InvalidArgumentError, Option } from "commander";
import { type AttackId, attacks, catalogue, expectedWords, type Fault, type Side } from "../../faults/index.ts";
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

/** Two lines a fault, and what is known of it; with `json` one object a line. */
export async function listFaults(side: Side, io: Pick<Io, "stdout">, json: boolean): Promise<void> {
  const width = Math.max(...catalogue[side].map(({ name }) => name.length));
  for (const fault of catalogue[side]) {
    await writeLine(io.stdout, json ? JSON.stringify(row(fault)) : lines(fault, width).join("\n"));
  }
  if (json) return;
  await writeLine(io.stdout, "\nKnown from the field:");
  for (const id of knownOf(side)) await writeLine(io.stdout, `${id}  ${attacks[id]}`);
}

function knownOf(side: Side): AttackId[] {
  return [...new Set(catalogue[side].flatMap((fault) => fault.attacks))].sort();
}

function row({ name, about, at, needs, expect, rule, danger, attacks: known }: Fault) {
  const expected = expect.map(({ words }) => words);
  return { name, about, at, needs, expected, rule, danger, attacks: known.map((id) => ({ id, about: attacks[id] })) };
}

const who = { ev: "a right charger", secc: "a right car" } as const;

function lines(fault: Fault, width: number): string[] {
  const { name, about, at, rule, attacks: ids, side } = fault;
  const indent = " ".repeat(width + 2);
  const known = ids.length > 0 ? `; ${ids.join(", ")}` : "";
  return [`${name.padEnd(width)}  ${about} (${at})`, `${indent}${who[side]} ${expectedWords(fault)} [${rule}${known}]`];
}
