/** `plugcharge pki`: test certificates made, made wrong, explained, judged and put where they belong. */
import { Command } from "commander";
import type { Io } from "../io.ts";
import { exportCommand } from "./pki/export.ts";
import { faultsCommand } from "./pki/faults.ts";
import { initCommand } from "./pki/init.ts";
import { installCommand } from "./pki/install.ts";
import { showCommand } from "./pki/show.ts";
import { verifyCommand } from "./pki/verify.ts";

/** @param io the outside world. */
export function pkiCommand(io: Pick<Io, "stdin" | "stdout" | "setExitCode">): Command {
  return new Command("pki")
    .description("Make, explain and judge the certificates of Plug & Charge.")
    .addCommand(initCommand(io))
    .addCommand(showCommand(io))
    .addCommand(verifyCommand(io))
    .addCommand(installCommand(io))
    .addCommand(exportCommand(io))
    .addCommand(faultsCommand(io));
}
