/** `plugcharge run`: a charging station from a configuration in EVerest's format. */
import type { Command } from "commander";
import type { Io } from "../io.ts";
import { managerCommand } from "../manager/flags.ts";

/** @param io the outside world. */
export function runCommand(io: Io): Command {
  return managerCommand("run", async (flags) => {
    const { runManager } = await import("../manager/run.ts");
    await runManager(flags, io);
  });
}
