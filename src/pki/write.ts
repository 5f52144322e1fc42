import { dirname, join } from "node:path";
import type { Files } from "../util/files.ts";
import { ecogLayout } from "./ecogLayout.ts";
import { everestLayout } from "./everestLayout.ts";
import { type Audience, type LayoutName, layoutFiles, type PkiFile, type PkiView } from "./layout.ts";
import type { MemberId } from "./members.ts";

export const layouts = { everest: everestLayout, ecog: ecogLayout } as const;

export interface WriteOptions {
  readonly files: Files;
  readonly dir: string;
  readonly layout?: LayoutName;
  /** Encrypts private keys; empty for none. EVerest's tests use 123456. */
  readonly password?: string;
  /** Everything when absent. */
  readonly audiences?: readonly Audience[];
  /** Members whose files are left out all the same. */
  readonly without?: readonly MemberId[];
}

/** Writes the files of a PKI, or of one for each edition, keys with mode 0600. @returns what was written. */
export async function writePki(pki: PkiView | readonly PkiView[], options: WriteOptions): Promise<readonly PkiFile[]> {
  const { layout = "everest", password = "", without = [] } = options;
  const { audiences = ["authority", "station", "car", "csms"] } = options;
  const rows = layouts[layout].filter(({ content }) => !("of" in content && isOneOf(content.of, without)));
  const list = layoutFiles(rows, [pki].flat(), password, audiences);
  await writeFiles(list, options);
  return list;
}

function isOneOf(of: string, members: readonly MemberId[]): boolean {
  return members.some((member) => member === of);
}

export async function writeFiles(list: readonly PkiFile[], { files, dir }: WriteOptions): Promise<void> {
  for (const folder of new Set(list.map(({ path }) => dirname(path)))) await files.makeFolder(join(dir, folder));
  await Promise.all(list.map(({ path, content, mode }) => files.write(join(dir, path), content, mode)));
}
