/** The file system as a port: what the certificate store and the databases' folders need, with durable writes. */
import { randomBytes } from "node:crypto";
import * as fs from "node:fs/promises";
import { basename, dirname, join } from "node:path";

export interface FileInfo {
  readonly size: number;
  readonly modified: number;
  readonly isDirectory: boolean;
}

/** Failures are Node's system errors with their `code` (`ENOENT`, `ENOSPC`, `EROFS`, …). */
export interface Files {
  read(path: string): Promise<Uint8Array>;
  /** Replaces the file as one step: a reader or a crash sees the old content or the new, never a part. */
  write(path: string, content: Uint8Array | string, mode?: number): Promise<void>;
  /** Adds text to the end of a file, which is made with `mode` when it is not there; a crash may cost it. */
  append(path: string, text: string, mode?: number): Promise<void>;
  remove(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Creates the folder and its parents; harmless when it is there. */
  makeFolder(path: string, mode?: number): Promise<void>;
  /** Names in a folder, sorted. */
  list(path: string): Promise<string[]>;
  /** Undefined when there is nothing at `path`. */
  info(path: string): Promise<FileInfo | undefined>;
}

/** What {@link filesOn} stands on, of `node:fs/promises`. */
export type FileSystem = Pick<
  typeof fs,
  "appendFile" | "mkdir" | "open" | "readdir" | "readFile" | "rename" | "rm" | "stat"
>;

/** @param system Node's own, or one that fails or stops on purpose. */
export function filesOn(system: FileSystem): Files {
  return {
    read: async (path) => new Uint8Array(await system.readFile(path)),
    write: (path, content, mode = 0o644) => writeAtomically(system, path, content, mode),
    remove: (path) => system.rm(path),
    append: (path, text, mode = 0o644) => system.appendFile(path, text, { mode }),
    rename: (from, to) => system.rename(from, to),
    makeFolder: async (path, mode) =>
      void (await system.mkdir(path, { recursive: true, ...(mode === undefined ? {} : { mode }) })),
    list: async (path) => (await system.readdir(path)).sort(),
    info: async (path) => {
      const stat = await system.stat(path).catch(missing);
      return stat && { size: stat.size, modified: stat.mtimeMs, isDirectory: stat.isDirectory() };
    },
  };
}

export const nodeFiles: Files = filesOn(fs);

async function writeAtomically(
  system: FileSystem,
  path: string,
  content: Uint8Array | string,
  mode: number,
): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
  const file = await system.open(temporary, "wx", mode);
  try {
    await file.writeFile(content);
    await file.sync();
    await file.close();
    await system.rename(temporary, path);
  } catch (error) {
    await file.close().catch(() => {});
    await system.rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(system, dirname(path));
}

async function syncFolder(system: FileSystem, path: string): Promise<void> {
  const folder = await system.open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function missing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
  throw error;
}
