import { resolve } from "node:path";
import { UserError } from "../util/errors.ts";
import { nodeFiles } from "../util/files.ts";

/** A folder to keep a run's files in. @returns its whole path. @throws UserError when there is something in it already. */
export async function keepFolder(path: string): Promise<string> {
  const dir = resolve(path);
  await nodeFiles.makeFolder(dir, 0o700);
  if ((await nodeFiles.list(dir)).length === 0) return dir;
  throw new UserError("the folder to keep things in is not empty", { file: dir, fix: "Name a new or empty folder." });
}
