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
  for (const { name, about, protocol, payment, mode, tls } of scenarios) {
    await writeLine(
      io.stdout,
      json ? JSON.stringify({ name, about, protocol, payment, mode, tls }) : `${name.padEnd(width)}  ${about}`,
    );
  }
}

/** One session after the other: an honest one, or one with a fault. */
export interface Task {
  readonly scenario: Scenario;
  readonly fault?: Fault;
}

/** Every fault in the scenario that was asked for, or the first that suits it. @throws UserError when nothing has its place. */
export function tasksFor(faults: readonly Fault[], wanted: Scenario | undefined, tls: boolean): Task[] {
  const able = scenarios.filter((scenario) => scenario === (wanted ?? scenario));
  const tasks = faults.flatMap((fault): Task[] => {
    const scenario = able.find((candidate) => suits(candidate, { ...fault.needs, ...(!tls && { tls }) }));
    return scenario && (tls || fault.needs.tls !== true) ? [{ fault, scenario }] : [];
  });
  if (tasks.length > 0) return tasks;
  const suitable = scenarios.filter((scenario) => faults.some(({ needs }) => suits(scenario, needs)));
  throw new UserError(`${faults[0]?.name} has no place in ${wanted?.name ?? "a session without TLS"}`, {
    key: "--scenario",
    expected: suitable.map(({ name }) => name).join(", "),
    fix: "Choose one of these, or leave --scenario and --no-tls out.",
  });
}
