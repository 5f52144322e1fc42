/** Private keys on disk: found for a certificate, as EVerest does. */
import type { KeyObject } from "node:crypto";
import { basename, extname, join } from "node:path";
import type { Files } from "../util/files.ts";
import { type Certificate, loadPrivateKey, samePublicKey, X509Error } from "../x509/index.ts";

/** Why a certificate has no key, or the key's file. */
export type KeySearch =
  | { readonly found: true; readonly path: string }
  /** `problems` are keys that could not be opened; one of them may be the right one. */
  | { readonly found: false; readonly problems: readonly { readonly path: string; readonly reason: string }[] };

const MAX_KEY_SIZE = 64 * 1024;
const MAX_DEPTH = 3;

export class PrivateKeys {
  readonly #files: Files;
  readonly #password: string;

  constructor(files: Files, password: string) {
    this.#files = files;
    this.#password = password;
  }

  /** First the key with a certificate file's name, then every key below `folder`. */
  async find(certificate: Certificate, certificateFiles: readonly string[], folder: string): Promise<KeySearch> {
    const siblings = certificateFiles.map((path) => join(folder, `${basename(path, extname(path))}.key`));
    const near = await this.#search(certificate, siblings);
    return near.found ? near : this.#search(certificate, await this.list(folder));
  }

  async #search(certificate: Certificate, paths: readonly string[]): Promise<KeySearch> {
    const problems: { path: string; reason: string }[] = [];
    for (const path of paths) {
      const key = await this.#load(path);
      if (typeof key === "string") problems.push({ path, reason: key });
      else if (key && samePublicKey(key, certificate.publicKey)) return { found: true, path };
    }
    return { found: false, problems };
  }

  /** Key files below a folder. */
  async list(folder: string, depth = 0): Promise<string[]> {
    const names = await this.#files.list(folder).catch(() => []);
    const found: string[] = [];
    for (const name of names.filter((name) => !name.startsWith("."))) {
      const path = join(folder, name);
      if (extname(name) === ".key") found.push(path);
      else if (depth < MAX_DEPTH && (await this.#isFolder(path))) found.push(...(await this.list(path, depth + 1)));
    }
    return found;
  }

  async #isFolder(path: string): Promise<boolean> {
    return (await this.#files.info(path).catch(() => undefined))?.isDirectory === true;
  }

  /** The key, the reason why it cannot be opened, or undefined when there is no such file. */
  async #load(path: string): Promise<KeyObject | string | undefined> {
    const info = await this.#files.info(path).catch(() => undefined);
    if (!info || info.isDirectory || info.size > MAX_KEY_SIZE) return undefined;
    try {
      return loadPrivateKey(await this.#files.read(path), this.#password);
    } catch (error) {
      const expected = error instanceof X509Error || typeof (error as NodeJS.ErrnoException).code === "string";
      if (!expected) throw error;
      return (error as Error).message;
    }
  }
}
