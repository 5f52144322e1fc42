/** `plugcharge pki export`: from the folder of a PKI what one participant needs, in the file names of its program. */
import { join, resolve } from "node:path";
import { Command, Option } from "commander";
import { type Audience, type LayoutName, loadPki, writePki } from "../../../pki/index.ts";
import { UserError } from "../../../util/errors.ts";
import { nodeFiles } from "../../../util/files.ts";
import { type Io, writeLine } from "../../io.ts";

interface Flags {
  readonly to: string;
  readonly fromLayout: LayoutName;
  readonly layout: LayoutName;
  readonly for: readonly Audience[];
  readonly password?: string;
  readonly newPassword?: string;
}

const passwordFiles: Readonly<Record<LayoutName, string>> = {
  everest: "client/cso/SECC_LEAF_PASSWORD.txt",
  ecog: "iso15118_2/private_keys/seccLeafPassword.txt",
};

export function exportCommand(io: Pick<Io, "stdout">): Command {
  const audiences = ["authority", "station", "car", "csms"];
  const layouts = ["everest", "ecog"];
  return new Command("export")
    .description("Copy from a PKI what a station, a car or a CSMS needs, in EVerest's or EcoG's file names.")
    .argument("<dir>", "the folder that `pki init` made, or one laid out like it")
    .requiredOption("--to <dir>", "a new or empty folder")
    .addOption(new Option("--for <who...>", "whom it is for").choices(audiences).default(audiences, "all"))
    .addOption(new Option("--layout <name>", "file names to write").choices(layouts).default("everest"))
    .addOption(new Option("--from-layout <name>", "file names to read").choices(layouts).default("everest"))
    .option("--password <text>", "of the keys there (default: as written beside them)")
    .option("--new-password <text>", "of the keys to write (default: the same)")
    .action((dir: string, flags: Flags) => exportPki(resolve(dir), flags, io));
}

async function exportPki(dir: string, flags: Flags, io: Pick<Io, "stdout">): Promise<void> {
  const to = resolve(flags.to);
  const present = await nodeFiles.list(to).catch(() => []);
  if (present.length > 0)
    throw new UserError("the folder is not empty", { file: to, key: "--to", fix: "Name another." });
  const password = flags.password ?? (await writtenPassword(dir, flags.fromLayout));
  const pki = await loadPki({ files: nodeFiles, dir, layout: flags.fromLayout, password });
  const written = await writePki(pki, {
    files: nodeFiles,
    dir: to,
    layout: flags.layout,
    password: flags.newPassword ?? password,
    audiences: flags.for,
  });
  for (const { path } of written) await writeLine(io.stdout, path);
  await writeLine(io.stdout, `\n${written.length} files in ${to}`);
}

async function writtenPassword(dir: string, layout: LayoutName): Promise<string> {
  const content = await nodeFiles.read(join(dir, passwordFiles[layout])).catch(() => undefined);
  return content ? Buffer.from(content).toString("utf8").trim() : "";
}
