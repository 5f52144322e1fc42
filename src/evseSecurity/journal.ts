/** Several file changes as one: written down first, so that after a crash they are finished, or were never begun. */
import { dirname } from "node:path";
import { z } from "zod";
import { fromBase64, toBase64 } from "../util/bytes.ts";
import { PeerError } from "../util/errors.ts";
import type { Files } from "../util/files.ts";

export type FileChange =
  | { readonly write: string; readonly content: Uint8Array | string; readonly mode: number }
  | { readonly remove: string };

const Entry = z.union([
  z.object({ write: z.string(), content: z.base64(), mode: z.int() }),
  z.object({ remove: z.string() }),
]);
const Entries = z.array(Entry);

export class Journal {
  readonly #files: Files;
  readonly #path: string;

  /** @param path the file that holds the changes under way. */
  constructor(files: Files, path: string) {
    this.#files = files;
    this.#path = path;
  }

  /** Makes all changes or none. @throws the system error that prevented it. */
  async apply(changes: readonly FileChange[]): Promise<void> {
    const [only, ...others] = changes;
    if (!only) return;
    if (others.length === 0) return this.#make(only);
    const fresh = await this.#freshFiles(changes);
    if (!(await this.#begin(changes))) return this.#makeAll(changes);
    try {
      await this.#makeAll(changes.filter((change) => "write" in change));
    } catch (error) {
      await this.#undo(fresh);
      throw error;
    }
    // from here on there is no way back: what cannot be removed now is removed by the next recover()
    await this.#makeAll(changes.filter((change) => "remove" in change));
    await this.#files.remove(this.#path);
  }

  /** Finishes what a crash interrupted. Call before looking at the files. */
  async recover(): Promise<void> {
    if (!(await this.#files.info(this.#path))) return;
    const changes = parseEntries(Buffer.from(await this.#files.read(this.#path)).toString());
    await this.#makeAll(changes);
    await this.#files.remove(this.#path);
  }

  /** False when there is no room for the journal but the changes only make room. */
  async #begin(changes: readonly FileChange[]): Promise<boolean> {
    const entries = changes.map((change) =>
      "write" in change ? { ...change, content: toBase64(new Uint8Array(Buffer.from(change.content))) } : change,
    );
    try {
      await this.#files.write(this.#path, JSON.stringify(entries), 0o600);
      return true;
    } catch (error) {
      const full = (error as NodeJS.ErrnoException).code === "ENOSPC";
      if (full && changes.every((change) => "remove" in change)) return false;
      throw error;
    }
  }

  /** Files that were not there before; the others are replaced as one step each and come last. */
  async #freshFiles(changes: readonly FileChange[]): Promise<string[]> {
    const paths = changes.flatMap((change) => ("write" in change ? [change.write] : []));
    const infos = await Promise.all(paths.map((path) => this.#files.info(path)));
    return paths.filter((_, i) => infos[i] === undefined);
  }

  async #undo(fresh: readonly string[]): Promise<void> {
    for (const path of [this.#path, ...fresh]) await this.#remove(path).catch(() => {});
  }

  async #makeAll(changes: readonly FileChange[]): Promise<void> {
    for (const change of changes) await this.#make(change);
  }

  async #make(change: FileChange): Promise<void> {
    if ("remove" in change) return this.#remove(change.remove);
    await this.#files.makeFolder(dirname(change.write));
    await this.#files.write(change.write, change.content, change.mode);
  }

  async #remove(path: string): Promise<void> {
    if (await this.#files.info(path)) await this.#files.remove(path);
  }
}

/** The journal is written as one step, so another content than ours was never ours to act on. */
function parseEntries(text: string): FileChange[] {
  try {
    return Entries.parse(JSON.parse(text)).map((entry) =>
      "write" in entry ? { ...entry, content: fromBase64(entry.content) } : entry,
    );
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError || error instanceof PeerError) return [];
    throw error;
  }
}
