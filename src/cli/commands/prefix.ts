/** `plugcharge prefix`: an installation in EVerest's layout. */
import { resolve } from "node:path";
import { Command } from "commander";
import { type Io, writeLine } from "../io.ts";
import { makePrefix } from "../manager/prefix.ts";

/** @param io the outside world. */
export function prefixCommand(io: Pick<Io, "stdout">): Command {
  return new Command("prefix")
    .description(
      "Make an installation in EVerest's layout: bin/manager, configurations, files of modules, certificates.",
    )
    .argument("<dir>", "the folder; what is there is replaced, but never certificates")
    .option("--no-certificates", "make no test certificates in etc/everest/certs, which csms takes by --pki")
    .action(async (dir: string, { certificates }: { certificates: boolean }) => {
      const prefix = resolve(dir);
      await makePrefix({ dir: prefix, certificates });
      await writeLine(io.stdout, `${prefix}/bin/manager --prefix ${prefix} --config config-sil-ocpp201-pnc`);
    });
}
