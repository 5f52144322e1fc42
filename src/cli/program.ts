/** The composition root: every command, and the one place where a person's fault becomes a sentence and an exit code. */
import { Command, CommanderError } from "commander";
import { UserError } from "../util/errors.ts";
import { csmsCommand } from "./commands/csms.ts";
import { demoCommand } from "./commands/demo.ts";
import { evCommand } from "./commands/ev.ts";
import { exiCommand } from "./commands/exi.ts";
import { pkiCommand } from "./commands/pki.ts";
import { prefixCommand } from "./commands/prefix.ts";
import { runCommand } from "./commands/run.ts";
import { seccCommand } from "./commands/secc.ts";
import { exitCodes, type Io } from "./io.ts";
import { moduleCommand } from "./manager/moduleProcess.ts";

function program(io: Io): Command {
  const root = new Command("plugcharge")
    .description("Plug & Charge for electric vehicles: car, charging station and CSMS with real cryptography.")
    .configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: (text) => io.stderr.write(text) })
    .exitOverride()
    .addCommand(demoCommand(io))
    .addCommand(csmsCommand(io))
    .addCommand(runCommand(io))
    .addCommand(moduleCommand("module", io))
    .addCommand(prefixCommand(io))
    .addCommand(evCommand(io))
    .addCommand(seccCommand(io))
    .addCommand(exiCommand(io))
    .addCommand(pkiCommand(io));
  inherit(root);
  return root;
}

/** A ready-made subcommand would otherwise end the process by itself. */
function inherit(parent: Command): void {
  for (const command of parent.commands) {
    command.copyInheritedSettings(parent);
    inherit(command);
  }
}

/** Runs one command line. @param args without `node` and the script. */
export async function run(args: readonly string[], io: Io): Promise<void> {
  try {
    await program(io).parseAsync(args, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) return io.setExitCode(error.exitCode === 0 ? exitCodes.ok : exitCodes.usage);
    if (!(error instanceof UserError)) throw error;
    io.stderr.write(`${error.describe()}\n`);
    io.setExitCode(exitCodes.usage);
  }
}
