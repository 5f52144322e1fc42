/** OCSP responses on disk, in EVerest's layout: a folder `ocsp` beside the certificate's file, two files an entry. */
import { dirname, join } from "node:path";
import type { Files } from "../util/files.ts";
import { type Certificate, checkOcspResponse, type OcspVerdict, ocspCertId } from "../x509/index.ts";
import type { FileChange } from "./journal.ts";
import { sameHash } from "./results.ts";
import type { CertificateHashData } from "./types.ts";

export interface OcspEntry {
  readonly hash: CertificateHashData;
  /** The response, DER. */
  readonly path: string;
  readonly hashPath: string;
}

const RESPONSE = "_ocsp.der";
const HASH = "_ocsp.hash";
const MAX_HASH_FILE = 1024;

export class OcspCache {
  readonly #files: Files;

  constructor(files: Files) {
    this.#files = files;
  }

  /** The entries beside a certificate's file. */
  async entries(certificateFile: string): Promise<OcspEntry[]> {
    const folder = join(dirname(certificateFile), "ocsp");
    const names = await this.#files.list(folder).catch(() => []);
    const found: OcspEntry[] = [];
    for (const name of names.filter((name) => name.endsWith(HASH) && !name.startsWith("."))) {
      const hash = await this.#readHash(join(folder, name));
      const path = join(folder, `${name.slice(0, -HASH.length)}${RESPONSE}`);
      if (hash) found.push({ hash, path, hashPath: join(folder, name) });
    }
    return found;
  }

  async find(certificateFile: string, hash: CertificateHashData): Promise<OcspEntry | undefined> {
    return (await this.entries(certificateFile)).find((entry) => sameHash(entry.hash, hash));
  }

  /** What the stored response says now; undefined when there is none. */
  async judge(
    entry: OcspEntry,
    certificate: Certificate,
    issuer: Certificate,
    time: number,
  ): Promise<OcspVerdict | undefined> {
    const response = await this.#files.read(entry.path).catch(() => undefined);
    return response && checkOcspResponse({ response, certId: ocspCertId(certificate, issuer), issuer, time });
  }

  /** The changes that store a response. @param name of a new entry. */
  async storeChanges(
    certificateFile: string,
    hash: CertificateHashData,
    response: Uint8Array,
    name: string,
  ): Promise<FileChange[]> {
    const known = await this.find(certificateFile, hash);
    if (known) return [{ write: known.path, content: response, mode: 0o644 }];
    const base = join(dirname(certificateFile), "ocsp", name);
    const lines = [hash.hash_algorithm, hash.issuer_name_hash, hash.issuer_key_hash, hash.serial_number];
    return [
      { write: `${base}${RESPONSE}`, content: response, mode: 0o644 },
      { write: `${base}${HASH}`, content: `${lines.join("\n")}\n`, mode: 0o644 },
    ];
  }

  async #readHash(path: string): Promise<CertificateHashData | undefined> {
    const info = await this.#files.info(path).catch(() => undefined);
    if (!info || info.isDirectory || info.size > MAX_HASH_FILE) return undefined;
    const text = Buffer.from(await this.#files.read(path)).toString("latin1");
    const [algorithm, issuer_name_hash, issuer_key_hash, serial_number] = text
      .split(/\r?\n/)
      .map((line) => line.trim());
    if (algorithm !== "SHA256" || !issuer_name_hash || !issuer_key_hash || !serial_number) return undefined;
    return { hash_algorithm: algorithm, issuer_name_hash, issuer_key_hash, serial_number };
  }
}

export function removeEntry({ path, hashPath }: OcspEntry): FileChange[] {
  return [{ remove: hashPath }, { remove: path }];
}
