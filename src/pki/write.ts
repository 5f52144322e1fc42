import { dirname, join } from "node:path";
import type { Files } from "../util/files.ts";
import { ecogLayout } from "./ecogLayout.ts";
import { everestLayout } from "./everestLayout.ts";
import { type Audience, type LayoutName, layoutFiles, type PkiFile } from "./layout.ts";
import type { Pki } from "./pki.ts";

const layouts = { everest: everestLayout, ecog: ecogLayout } as const;

export interface WriteOptions {
  readonly files: Files;
  readonly dir: string;
  readonly layout?: LayoutName;
  /** Encrypts private keys; empty for none. EVerest's tests use 123456. */
  readonly password?: string;
  /** Everything when absent. */
  readonly audiences?: readonly Audience[];
}

/** Writes a PKI's files, keys with mode 0600. @returns what was written. */
export async function writePki(pki: Pki, options: WriteOptions): Promise<readonly PkiFile[]> {
  const {
    files,
    dir,
    layout = "everest",
    password = "",
    audiences = ["authority", "station", "car", "csms"],
  } = options;
  const list = layoutFiles(layouts[layout], pki, password, audiences);
  for (const { path, content, mode } of list) {
    const target = join(dir, path);
    await files.makeFolder(dirname(target));
    await files.write(target, content, mode);
  }
  return list;
}
