/** `--fault NAME` and `--fault list`. */
import { InvalidArgumentError, Option } from "commander";
import { catalogue, expectedWords, type Fault, findFault, type Side } from "../../faults/index.ts";
import { nearest } from "../../util/nearest.ts";
import { type Io, writeLine } from "../io.ts";

/** The option's value is the row itself. */
export function faultOption(side: Side): Option {
  const read = (name: string): Fault | "list" => {
    const fault = name === "list" ? name : findFault(side, name);
    if (fault) return fault;
    const near = nearest(
      name,
      catalogue[side].map((known) => known.name),
    );
    const meant = near === undefined ? "" : ` Did you mean ${near}?`;
    throw new InvalidArgumentError(`There is no such fault.${meant} --fault list shows them.`);
  };
  return new Option(
    "--fault <name>",
    "do this wrong, and see whether the other side is right about it; list shows them",
  ).argParser(read);
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
