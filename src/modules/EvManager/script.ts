/**
 * Scripts for the car: commands divided by `;` or new lines, their arguments by spaces and commas; case does not count.
 * A script is taken whole or not at all.
 */
import { UserError } from "../../util/errors.ts";
import { nearest } from "../../util/nearest.ts";
import { own } from "../../util/own.ts";
import { type CommandDefinition, commands, type Step } from "./commands.ts";

export interface ScriptCommand {
  readonly text: string;
  readonly step: Step;
}

/** The connections that the module has. */
export interface Connections {
  readonly slac: boolean;
  readonly ev: boolean;
}

/** @throws UserError that names the command at fault and what is known. */
export function parseScript(script: string, connections: Connections): ScriptCommand[] {
  const known = Object.entries<CommandDefinition>(commands).filter(([, { needs }]) => !needs || connections[needs]);
  const available = Object.fromEntries(known);
  return script
    .toLowerCase()
    .split(/[;\n]/)
    .map((text) => text.trim())
    .filter((text) => text !== "")
    .map((text) => ({ text, step: parseCommand(text, available) }));
}

function parseCommand(text: string, available: Readonly<Record<string, CommandDefinition>>): Step {
  const [name = "", ...args] = text.split(/[\s,]+/).filter((word) => word !== "");
  const command = own(available, name);
  if (!command) throw unknownCommand(name, available);
  if (!command.counts.includes(args.length)) {
    throw new UserError(`'${text}' has ${args.length} arguments`, { expected: command.usage });
  }
  try {
    return command.prepare(args);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`'${text}': ${error.message}`, { expected: command.usage });
  }
}

function unknownCommand(name: string, available: Readonly<Record<string, CommandDefinition>>): UserError {
  const needs = own<CommandDefinition>(commands, name)?.needs;
  const expected = `one of ${Object.keys(available).join(", ")}`;
  if (needs) {
    const fix = `Connect requirement '${needs}' of EvManager.`;
    return new UserError(`'${name}' needs a connection '${needs}'`, { expected, fix });
  }
  const like = nearest(name, Object.keys(available));
  return new UserError(`there is no command '${name}'`, { expected, ...(like && { fix: `Did you mean '${like}'?` }) });
}
