#!/usr/bin/env node
/** The executable `manager`, in the place of EVerest's. */
import { CommanderError } from "commander";
import { exitCodes, processIo } from "./io.ts";
import { managerCommand } from "./manager/flags.ts";
import { runManager } from "./manager/run.ts";
import { version } from "./version.ts";

const command = managerCommand("manager", (flags) => runManager(flags, processIo))
  .version(`manager (plugcharge ${version})`, "--version", "print the version and exit")
  .exitOverride();
try {
  await command.parseAsync(process.argv.slice(2), { from: "user" });
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  processIo.setExitCode(error.exitCode === 0 ? exitCodes.ok : exitCodes.failed);
}
// Everything has stopped; whatever a library may have left open must not keep whoever waits for the end.
process.exit();
