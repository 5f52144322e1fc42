/** `plugcharge ocpp`: what an OCPP charge point keeps on disk. */
import { resolve } from "node:path";
import { Command } from "commander";
import { readQueue } from "../../chargePoint/queueReport.ts";
import { UserError } from "../../util/errors.ts";
import { type Io, writeLine } from "../io.ts";
import { choosePrefix, findConfig } from "../manager/folders.ts";
import { configsOf, databaseAt, databasesOf } from "../ocpp/databases.ts";
import { jsonLine, reportLines } from "../ocpp/queueWords.ts";

interface Flags {
  readonly db?: string;
  readonly prefix?: string;
  readonly config?: string;
  readonly json: boolean;
}

/** @param io the outside world. */
export function ocppCommand(io: Pick<Io, "stdout">): Command {
  const queue = new Command("queue")
    .description(
      "Show the messages that wait for the CSMS, and those that were given up, with attempts and last error.",
    )
    .option("--db <path>", "a charge point's cp.db, or the folder it is in")
    .option("--config <file>", "a station's configuration: the databases of its OCPP modules")
    .option("--prefix <dir>", "an installation; without --config, of all its configurations")
    .option("--json", "print JSON lines, one a message", false)
    .action(async (flags: Flags) => {
      for (const file of await databases(flags)) {
        const report = readQueue(file);
        const lines = flags.json
          ? report.entries.map((entry) => jsonLine(file, report, entry))
          : reportLines(file, report);
        for (const line of lines) await writeLine(io.stdout, line);
      }
    });
  return new Command("ocpp").description("Look at what an OCPP charge point keeps on disk.").addCommand(queue);
}

/** @throws UserError when nothing is named or nothing is there. */
async function databases({ db, prefix: dir, config }: Flags): Promise<string[]> {
  if (db !== undefined) return [await databaseAt(db)];
  if (dir === undefined && config === undefined) {
    throw new UserError("whose messages?", {
      fix: "Name a database with --db, or a station with --config or --prefix.",
    });
  }
  const prefix = choosePrefix(dir === undefined ? undefined : resolve(dir), config);
  const configs = config === undefined ? await configsOf(prefix) : [findConfig(config, prefix)];
  const found = new Set((await Promise.all(configs.map((file) => databasesOf(file, prefix)))).flat());
  if (found.size > 0) return [...found];
  throw new UserError("no OCPP module of this station has a database yet", {
    file: configs.join(", "),
    fix: "Start the station once, or name the database with --db.",
  });
}
