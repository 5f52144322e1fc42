/** Where the OCPP modules of a station keep their messages. */
import { basename, isAbsolute, join, resolve } from "node:path";
import { activeModules } from "../../framework/config.ts";
import { UserError } from "../../util/errors.ts";
import { type Files, nodeFiles } from "../../util/files.ts";
import { environmentOf, type Prefix } from "../manager/folders.ts";

const NAME = "cp.db";

/** The keys that name the folders, and EVerest's defaults; of OCPPmulti, Mode says which is in use, so both are looked at. */
const folders: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  OCPP: { DatabasePath: "/tmp/ocpp_1_6_charge_point" },
  OCPP201: { CoreDatabasePath: "/tmp/ocpp201" },
  OCPPmulti: { DatabasePath: "/tmp/ocpp_1_6_charge_point", CoreDatabasePath: "/tmp/ocpp201" },
};

/** A file is taken as it is; in a folder it is `cp.db`. @throws UserError when there is none. */
export async function databaseAt(path: string, files: Files = nodeFiles): Promise<string> {
  const file = (await files.info(path))?.isDirectory ? join(path, NAME) : path;
  if (await files.info(file)) return resolve(file);
  throw new UserError("there is no such database", {
    file: resolve(file),
    fix: `Name the ${NAME} of a charge point, or the folder it is in.`,
  });
}

/** The databases of a configuration that are there. @throws UserError when it cannot be read. */
export async function databasesOf(config: string, prefix: Prefix, files: Files = nodeFiles): Promise<string[]> {
  const modules = Object.values((await activeModules(config, files)) as Record<string, ModuleEntry | null>);
  const named = modules.flatMap((entry) => {
    const { module = "", config_module } = entry ?? {};
    const { shareDir } = environmentOf(prefix)(module);
    const paths = Object.entries(folders[module] ?? {}).map(([key, usual]) => String(config_module?.[key] ?? usual));
    return paths.map((path) => join(isAbsolute(path) ? path : join(shareDir, path), NAME));
  });
  const found = await Promise.all(named.map(async (path) => ((await files.info(path)) ? [path] : [])));
  return [...new Set(found.flat())];
}

interface ModuleEntry {
  readonly module?: string;
  readonly config_module?: Readonly<Record<string, unknown>>;
}

/** All configurations of an installation. */
export async function configsOf({ etc }: Prefix, files: Files = nodeFiles): Promise<string[]> {
  if (!(await files.info(etc))?.isDirectory) {
    throw new UserError("there is no installation here", { file: etc, fix: "Make one with `plugcharge prefix`." });
  }
  const names = (await files.list(etc)).filter((name) => /\.ya?ml$/.test(basename(name)));
  return names.map((name) => join(etc, name));
}
