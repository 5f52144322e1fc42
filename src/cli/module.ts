#!/usr/bin/env node
/** What EVerest's manager, or a person, starts to have a module of ours in a process of its own. */
import { CommanderError } from "commander";
import { UserError } from "../util/errors.ts";
import { exitCodes, processIo } from "./io.ts";
import { moduleCommand } from "./manager/moduleProcess.ts";

try {
  await moduleCommand("module", processIo).exitOverride().parseAsync(process.argv.slice(2), { from: "user" });
} catch (error) {
  if (error instanceof UserError) processIo.stderr.write(`${error.describe()}\n`);
  else if (!(error instanceof CommanderError)) throw error;
  processIo.setExitCode(error instanceof CommanderError && error.exitCode === 0 ? exitCodes.ok : exitCodes.failed);
}
process.exit();
