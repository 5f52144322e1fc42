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
  remove(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Creates the folder and its parents; harmless when it is there. */
  makeFolder(path: string, mode?: number): Promise<void>;
  /** Names in a folder, sorted. */
  list(path: string): Promise<string[]>;
  /** Undefined when there is nothing at `path`. */
  info(path: string): Promise<FileInfo | undefined>;
}

async function syncFolder(path: string): Promise<void> {
  const folder = await fs.open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function writeAtomically(path: string, content: Uint8Array | string, mode = 0o644): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
  const file = await fs.open(temporary, "wx", mode);
  try {
    await file.writeFile(content);
    await file.sync();
    await file.close();
    await fs.rename(temporary, path);
  } catch (error) {
    await file.close().catch(() => {});
    await fs.rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

function missing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
  throw error;
}

export const nodeFiles: Files = {
  read: async (path) => new Uint8Array(await fs.readFile(path)),
  write: writeAtomically,
  remove: (path) => fs.rm(path),
  rename: (from, to) => fs.rename(from, to),
  makeFolder: async (path, mode) =>
    void (await fs.mkdir(path, { recursive: true, ...(mode === undefined ? {} : { mode }) })),
  list: async (path) => (await fs.readdir(path)).sort(),
  info: async (path) => {
    const stat = await fs.stat(path).catch(missing);
    return stat && { size: stat.size, modified: stat.mtimeMs, isDirectory: stat.isDirectory() };
  },
};
