/** `--scenario NAME` and `--scenario list`. */
import { InvalidArgumentError, Option } from "commander";
import type { Fault } from "../../faults/index.ts";
import { UserError } from "../../util/errors.ts";
import { type Io, writeLine } from "../io.ts";
import { findScenario, type Scenario, scenarios, suits } from "./scenarios.ts";

/** The option's value is the row itself. */
export function scenarioOption(about: string): Option {
  return new Option("--scenario <name>", `${about}; list shows them`).argParser(read);
}

function read(name: string): Scenario | "list" {
  const scenario = name === "list" ? name : findScenario(name);
  if (scenario) return scenario;
  throw new InvalidArgumentError(`Allowed choices are ${scenarios.map((known) => known.name).join(", ")}, list.`);
}

/** One line a scenario. */
export async function listScenarios(io: Pick<Io, "stdout">, json: boolean): Promise<void> {
  const width = Math.max(...scenarios.map(({ name }) => name.length));
  for (const { name, about, payment, mode, tls } of scenarios) {
    await writeLine(
      io.stdout,
      json ? JSON.stringify({ name, about, payment, mode, tls }) : `${name.padEnd(width)}  ${about}`,
    );
  }
}

/** The one that was asked for, or the first that suits. @throws UserError when the fault has no place in it. */
export function chooseScenario(wanted: Scenario | undefined, fault: Fault | undefined, tls: boolean): Scenario {
  const needs = { ...fault?.needs, ...(fault && !tls && { tls }) };
  const chosen = wanted ?? scenarios.find((scenario) => suits(scenario, needs)) ?? scenarios[0];
  if (chosen && (!fault || suits(chosen, fault.needs))) return chosen;
  const suitable = scenarios.filter((scenario) => suits(scenario, needs)).map(({ name }) => name);
  throw new UserError(`${fault?.name} has no place in ${chosen?.name}`, {
    key: "--scenario",
    expected: suitable.join(", ") || "TLS",
    fix: "Choose one of these, or leave --scenario out.",
  });
}
