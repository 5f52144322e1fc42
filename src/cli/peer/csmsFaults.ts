/** `plugcharge csms --fault NAME[:ACTION]` and `--fault list`. */
import { InvalidArgumentError, Option } from "commander";
import { type FaultName, faultFacts, faultNames } from "../../csms/faults/catalogue.ts";
import type { Fault } from "../../csms/faults/faults.ts";
import { stationActions } from "../../csms/versions.ts";
import { nearest } from "../../util/nearest.ts";
import { type Io, writeLine } from "../io.ts";

/** What is to be done wrong; or it is only to be shown what could be. */
export type ChosenFaults = readonly Fault[] | "list";

export function csmsFaultOption(): Option {
  const about = "do this wrong, with this message or with all, for example silent:Authorize (repeatable)";
  return new Option("--fault <name[:action]>", `${about}; list shows what there is`).argParser(readFault);
}

function readFault(text: string, before: ChosenFaults | undefined): ChosenFaults {
  if (text === "list" || before === "list") return "list";
  const [name = "", action] = text.split(":");
  const fault = faultNames.find((known) => known === name);
  if (!fault) {
    throw new InvalidArgumentError(`There is no such fault.${didYouMean(name, faultNames)} --fault list shows them.`);
  }
  if (action !== undefined && !stationActions.includes(action)) {
    throw new InvalidArgumentError(`No station sends ${action}.${didYouMean(action, stationActions)}`);
  }
  return [...(before ?? []), { fault, ...(action !== undefined && { action }) }];
}

function didYouMean(text: string, known: readonly string[]): string {
  const near = nearest(text, [...known]);
  return near === undefined ? "" : ` Did you mean ${near}?`;
}

/** Two lines a fault; with `json` one object a line. */
export async function listCsmsFaults(io: Pick<Io, "stdout">, json: boolean): Promise<void> {
  const width = Math.max(...faultNames.map(({ length }) => length));
  for (const name of faultNames) {
    await writeLine(io.stdout, json ? JSON.stringify({ name, ...faultFacts[name] }) : lines(name, width).join("\n"));
  }
}

function lines(name: FaultName, width: number): string[] {
  const { about, due } = faultFacts[name];
  return [`${name.padEnd(width)}  ${about}`, `${" ".repeat(width + 2)}a right station ${due}`];
}
