/** The prefix of an installation, in EVerest's layout. */
import { existsSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import type { Environment } from "../../framework/module.ts";
import { UserError } from "../../util/errors.ts";
import { moduleShareFolder } from "../demo/installation.ts";

export interface Prefix {
  readonly root: string;
  /** `etc/everest`; of `/usr` it is `/etc/everest`. */
  readonly etc: string;
}

export function prefixAt(root: string): Prefix {
  const parent = basename(root) === "usr" ? dirname(root) : root;
  return { root, etc: join(parent, "etc", "everest") };
}

/**
 * The one that was named, else the one that the configuration file lies in, else the working directory.
 * @param file the configuration file as it was named.
 */
export function choosePrefix(named: string | undefined, file: string | undefined): Prefix {
  if (named !== undefined) return prefixAt(resolve(named));
  const folder = file === undefined ? "" : dirname(resolve(file));
  const isEtc = basename(folder) === "everest" && basename(dirname(folder)) === "etc";
  return prefixAt(isEtc ? dirname(dirname(folder)) : process.cwd());
}

/** @throws UserError when there is no such file, naming where it was looked for. */
export function findConfig(named: string | undefined, { etc }: Prefix): string {
  const file = named ?? join(etc, "default.yaml");
  if (existsSync(file)) return resolve(file);
  const short = join(etc, `${file}.yaml`);
  if (named !== undefined && extname(file) === "" && existsSync(short)) return short;
  const places = named !== undefined && extname(file) === "" ? `${resolve(file)} or ${short}` : resolve(file);
  throw new UserError(`there is no configuration at ${places}`, { fix: "Name an existing YAML file with --config." });
}

/** Files of a module are below the prefix where it has them, else those that come with plugcharge. */
export function environmentOf({ root, etc }: Prefix): (moduleName: string) => Environment {
  return (moduleName) => {
    const own = join(root, "share", "everest", "modules", moduleName);
    const shareDir = existsSync(own) ? own : moduleShareFolder(moduleName);
    return { certsDir: join(etc, "certs"), shareDir, dataDir: root };
  };
}
