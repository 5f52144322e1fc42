/** `plugcharge pki faults`: what can be made wrong, and what answer each fault deserves. */
import { Command } from "commander";
import { faults } from "../../../pki/index.ts";
import { type Io, writeLine } from "../../io.ts";

export function faultsCommand(io: Pick<Io, "stdout">): Command {
  return new Command("faults")
    .description("List the faults that `pki init --fault` can make, and the answer each deserves.")
    .option("--json", "print JSON lines", false)
    .action(async ({ json }: { json: boolean }) => {
      const width = Math.max(...faults.map(({ name }) => name.length));
      for (const { name, about, reason, answer } of faults) {
        const indent = " ".repeat(width + 2);
        const verdict = reason === "ok" ? "the chain itself is in order" : `verdict ${reason}`;
        const lines = [`${name.padEnd(width)}  ${about}`, `${indent}${verdict}; ${answer}`];
        await writeLine(io.stdout, json ? JSON.stringify({ name, about, reason, answer }) : lines.join("\n"));
      }
    });
}
