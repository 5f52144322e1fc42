/** Folders and empty bundles that a store needs to begin with. */
import { dirname, extname, join } from "node:path";
import type { Files } from "../util/files.ts";
import type { Logger } from "../util/log.ts";
import type { StorePaths } from "./paths.ts";

/** What atomic writes leave behind when the machine stops in their middle. */
const abandoned = /^\..*\.[0-9a-f]{12}\.tmp$/;

export async function prepareFolders(files: Files, paths: StorePaths, log: Logger): Promise<void> {
  for (const [key, path] of Object.entries(paths)) {
    try {
      if (key.endsWith("_ca_bundle")) await prepareBundle(files, path, () => log.info({ key, path }, made(key)));
      else await prepareFolder(files, path);
    } catch (error) {
      log.warn({ key, path, code: (error as NodeJS.ErrnoException).code }, "could not be prepared");
    }
  }
}

function made(key: string): string {
  return `${key}: there was no such file; it is made, without certificates`;
}

/** A bundle is a file when its name ends like one's, a folder otherwise. */
async function prepareBundle(files: Files, path: string, onMade: () => void): Promise<void> {
  const info = await files.info(path);
  if (info?.isDirectory || (!info && extname(path) === "")) return prepareFolder(files, path);
  await prepareFolder(files, dirname(path));
  if (info) return;
  await files.write(path, "", 0o644);
  onMade();
}

async function prepareFolder(files: Files, path: string): Promise<void> {
  await files.makeFolder(path);
  for (const name of await files.list(path)) {
    if (abandoned.test(name)) await files.remove(join(path, name));
  }
}
