/** The composition root: every command, and the one place where a person's fault becomes a sentence and an exit code. */
import { Command, CommanderError } from "commander";
import { UserError } from "../util/errors.ts";
import { exitCodes, type Io } from "./io.ts";
import { version } from "./version.ts";

/** Loaded when they are asked for: a charger does not wait for the code of a CSMS. In the order of the help. */
const commands: Readonly<Record<string, (io: Io) => Promise<Command>>> = {
  demo: async (io) => (await import("./commands/demo.ts")).demoCommand(io),
  csms: async (io) => (await import("./commands/csms.ts")).csmsCommand(io),
  run: async (io) => (await import("./commands/run.ts")).runCommand(io),
  module: async (io) => (await import("./manager/moduleProcess.ts")).moduleCommand("module", io),
  prefix: async (io) => (await import("./commands/prefix.ts")).prefixCommand(io),
  ev: async (io) => (await import("./commands/ev.ts")).evCommand(io),
  secc: async (io) => (await import("./commands/secc.ts")).seccCommand(io),
  exi: async (io) => (await import("./commands/exi.ts")).exiCommand(io),
  ocpp: async (io) => (await import("./commands/ocpp.ts")).ocppCommand(io),
  explain: async (io) => (await import("./commands/explain.ts")).explainCommand(io),
  pki: async (io) => (await import("./commands/pki.ts")).pkiCommand(io),
};

/** @param asked the first argument; whoever names no command, or asks for help, sees all of them. */
async function program(asked: string | undefined, io: Io): Promise<Command> {
  const root = new Command("plugcharge")
    .description("Plug & Charge for electric vehicles: car, charging station and CSMS with real cryptography.")
    .version(version, "-V, --version", "print the version and exit")
    .configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: (text) => io.stderr.write(text) })
    .exitOverride();
  const load = asked === undefined || !Object.hasOwn(commands, asked) ? undefined : commands[asked];
  const loaded = await Promise.all((load ? [load] : Object.values(commands)).map((one) => one(io)));
  for (const command of loaded) root.addCommand(command);
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
    await (await program(args[0], io)).parseAsync(args, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) return io.setExitCode(error.exitCode === 0 ? exitCodes.ok : exitCodes.usage);
    if (!(error instanceof UserError)) throw error;
    io.stderr.write(`${error.describe()}\n`);
    io.setExitCode(exitCodes.usage);
  }
}
