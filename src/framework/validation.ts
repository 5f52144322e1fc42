/** Checks of what passes between modules, for stations with `settings.validate_schema`. */
import type { z } from "zod";
import type { Logger } from "../util/log.ts";
import type { CommandHandler } from "./bus/bus.ts";
import { CommandError } from "./errors.ts";
import type { CommandDefinition } from "./interface.ts";

const reasonsOf = (error: z.ZodError) =>
  error.issues.map((issue) => `${issue.path.map(String).join(".")}: ${issue.message}`).join("; ");

/** Arguments are checked by name, with none missing and none too many. */
export function validatingHandler(name: string, command: CommandDefinition, handle: CommandHandler): CommandHandler {
  return async (args) => {
    for (const key of Object.keys(args)) {
      if (!Object.hasOwn(command.args, key)) throw refused(name, `unknown argument '${key}'`);
    }
    for (const [key, schema] of Object.entries(command.args)) {
      const checked = schema.safeParse(args[key]);
      if (!checked.success) throw refused(name, `argument '${key}': ${reasonsOf(checked.error)}`);
    }
    const result = await handle(args);
    const checked = command.result.safeParse(result);
    if (!checked.success) throw refused(name, `result: ${reasonsOf(checked.error)}`);
    return result;
  };
}

function refused(name: string, reason: string): CommandError {
  return new CommandError("SchemaValidationError", `${name}: ${reason}`);
}

/** Drops values that are not what the interface says, with a warning. */
export function validatingReceiver(
  name: string,
  schema: z.ZodType,
  log: Logger,
  receive: (value: unknown) => void | Promise<void>,
): (value: unknown) => void | Promise<void> {
  return (value) => {
    const checked = schema.safeParse(value);
    if (checked.success) return receive(value);
    log.warn({ variable: name }, `value of ${name} dropped: ${reasonsOf(checked.error)}`);
  };
}
