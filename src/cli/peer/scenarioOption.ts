/** `--scenario NAME` and `--scenario list`. */
import { InvalidArgumentError, Option } from "commander";
import { type Io, writeLine } from "../io.ts";
import { findScenario, type Scenario, scenarios } from "./scenarios.ts";

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
