/** Files that this module has in common with those of one version. */
import { isAbsolute, join } from "node:path";
import type { Files } from "../../util/files.ts";

/** Where they lie below this module's folder when they are not in it: as the package has them. */
const folders = ["ocpp16", "ocpp201"] as const;

/** Gives the way to each of the configuration's paths: to what is there, else into the module's own folder. */
export async function sharedFiles(
  files: Files,
  shareDir: string,
  config: Readonly<Record<string, unknown>>,
): Promise<(path: string) => string> {
  const relative = Object.values(config).filter((value) => typeof value === "string" && !isAbsolute(value));
  const found = new Map<string, string>();
  for (const path of relative as string[]) {
    const places = [join(shareDir, path), ...folders.map((folder) => join(shareDir, folder, path))];
    for (const place of path === "" ? [] : places) {
      if (!found.has(path) && (await files.info(place))) found.set(path, place);
    }
  }
  return (path) => (isAbsolute(path) ? path : (found.get(path) ?? join(shareDir, path)));
}
