/** The composition root: every command, and the one place where a person's fault becomes a sentence and an exit code. */
import { Command, CommanderError } from "commander";
import { UserError } from "../util/errors.ts";
import { demoCommand } from "./commands/demo.ts";
import { exitCodes, type Io } from "./io.ts";

/** @returns the program; `run` gives it a command line. */
function program(io: Io): Command {
  return new Command("plugcharge")
    .description("Plug & Charge for electric vehicles: car, charging station and CSMS with real cryptography.")
    .configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: (text) => io.stderr.write(text) })
    .addCommand(demoCommand(io))
    .exitOverride();
}

/** Runs one command line. @param args without `node` and the script. */
export async function run(args: readonly string[], io: Io): Promise<void> {
  try {
    const root = program(io);
    for (const command of root.commands) command.exitOverride().copyInheritedSettings(root);
    await root.parseAsync(args, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) return io.setExitCode(error.exitCode === 0 ? exitCodes.ok : exitCodes.usage);
    if (!(error instanceof UserError)) throw error;
    io.stderr.write(`${error.describe()}\n`);
    io.setExitCode(exitCodes.usage);
  }
}
