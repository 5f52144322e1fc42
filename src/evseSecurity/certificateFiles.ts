/** Certificates as they lie on disk: files of one or many, folders of files, some of them broken. */
import { createHash } from "node:crypto";
import { extname, join } from "node:path";
import type { Files } from "../util/files.ts";
import type { Logger } from "../util/log.ts";
import { type Certificate, CertificateMemory, parsePem, X509Error } from "../x509/index.ts";

export interface CertificateFile {
  readonly path: string;
  readonly certificates: readonly Certificate[];
}

/** A bundle of all root lists in the field is far smaller. */
const MAX_FILE_SIZE = 4 * 1024 * 1024;
const MAX_WARNED = 4096;
const encoded = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[\s\S]*?-----END (?:X509 |TRUSTED )?CERTIFICATE-----/g;

/** Reads the disk each time; only what octets mean is remembered, by their hash. */
export class CertificateFiles {
  readonly #files: Files;
  readonly #log: Logger;
  readonly #memory = new CertificateMemory();
  readonly #warned = new Set<string>();

  constructor(files: Files, log: Logger) {
    this.#files = files;
    this.#log = log;
  }

  /** A file's certificates in order, or a folder's files that have some. What cannot be read is skipped with a warning. */
  async read(path: string): Promise<CertificateFile[]> {
    const info = await this.#files.info(path).catch((error: Error) => this.#skip(path, error.message));
    if (!info) return [];
    if (info.isDirectory) return this.#readFolder(path);
    if (info.size > MAX_FILE_SIZE) return this.#skip(path, "it is too large") ?? [];
    const content = await this.#files.read(path).catch((error: Error) => this.#skip(path, error.message));
    return content ? [{ path, certificates: this.parse(content, path) }] : [];
  }

  /** @param path names the file in warnings. */
  parse(content: Uint8Array, path: string): Certificate[] {
    const text = Buffer.from(content).toString("latin1");
    const ders = text.includes("-----BEGIN ") ? (text.match(encoded) ?? []).map(toDer) : [content];
    return ders.filter((der) => der.length > 0).flatMap((der) => this.#understand(der, path) ?? []);
  }

  async #readFolder(path: string): Promise<CertificateFile[]> {
    const names = await this.#files.list(path).catch((error: Error) => this.#skip(path, error.message));
    const wanted = (names ?? []).filter((name) => !name.startsWith(".") && [".pem", ".der"].includes(extname(name)));
    const read: CertificateFile[] = [];
    for (const name of wanted) {
      const file = join(path, name);
      const info = await this.#files.info(file).catch((error: Error) => this.#skip(file, error.message));
      if (info && !info.isDirectory) read.push(...(await this.read(file)));
    }
    return read.filter(({ certificates }) => certificates.length > 0);
  }

  #understand(der: Uint8Array, path: string): Certificate | undefined {
    const meaning = this.#memory.read(der);
    return typeof meaning === "string" ? this.#skip(path, meaning) : meaning;
  }

  /** Warns once for a file and reason: the store is read often. */
  #skip(path: string, reason: string): undefined {
    const key = `${path}\n${reason}`;
    if (this.#warned.has(key)) return;
    if (this.#warned.size >= MAX_WARNED) this.#warned.clear();
    this.#warned.add(key);
    this.#log.warn({ path, reason }, "certificate skipped");
  }
}

/** Empty for a block that is not base64. */
function toDer(block: string): Uint8Array {
  try {
    return parsePem(block)[0]?.der ?? new Uint8Array();
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    return new Uint8Array();
  }
}

/** A PEM text without the certificates of these fingerprints; everything else in it stays. */
export function withoutCertificates(text: string, fingerprints: ReadonlySet<string>): string {
  return text.replace(new RegExp(`${encoded.source}\\r?\\n?`, "g"), (block) =>
    fingerprints.has(createHash("sha256").update(toDer(block)).digest("hex")) ? "" : block,
  );
}
