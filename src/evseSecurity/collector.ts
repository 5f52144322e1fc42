/** Limits of the store, and what may be thrown away: never a valid leaf, never a key that is not ours or still awaited. */
import { basename, dirname, extname, join } from "node:path";
import type { Disk } from "./disk.ts";
import { hashesOf } from "./issuers.ts";
import type { FileChange } from "./journal.ts";
import type { Leaf } from "./leaves.ts";
import { madeAt } from "./names.ts";
import { type OcspEntry, removeEntry } from "./ocspCache.ts";
import { leafFolders, type OwnLeafType } from "./paths.ts";
import { sameHash } from "./results.ts";

export interface StoreLimits {
  /** Files of all kinds, in all folders of the store. */
  readonly maxFiles: number;
  readonly maxBytes: number;
  /** How long a key waits for its certificate, milliseconds. */
  readonly csrExpiry: number;
  /** Expired chains that are kept at least, newest first, in each folder of leaves. */
  readonly keptChains: number;
}

/** EVerest's numbers. */
export const defaultLimits: StoreLimits = {
  maxFiles: 2000,
  maxBytes: 50 * 1024 * 1024,
  csrExpiry: 3600_000,
  keptChains: 10,
};

const types = ["V2G", "CSMS"] as const;
const MAX_DEPTH = 4;

export class Collector {
  readonly #disk: Disk;
  readonly #limits: StoreLimits;

  constructor(disk: Disk, limits: StoreLimits) {
    this.#disk = disk;
    this.#limits = limits;
  }

  async isFull(): Promise<boolean> {
    const sizes = new Map<string, number>();
    for (const path of new Set(Object.values(this.#disk.paths))) await this.#measure(path, sizes, 0);
    const bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    return sizes.size > this.#limits.maxFiles || bytes >= this.#limits.maxBytes;
  }

  async #measure(path: string, sizes: Map<string, number>, depth: number): Promise<void> {
    const info = await this.#disk.files.info(path).catch(() => undefined);
    if (!info) return;
    if (!info.isDirectory) return void sizes.set(path, info.size);
    if (depth >= MAX_DEPTH) return;
    const names = await this.#disk.files.list(path).catch(() => []);
    for (const name of names) await this.#measure(join(path, name), sizes, depth + 1);
  }

  /** Keys made for a request that was not answered in time. */
  async forgottenKeys(time: number): Promise<FileChange[]> {
    const changes: FileChange[] = [];
    for (const type of types) {
      const old = (await this.#disk.keyFiles(type)).filter((path) => this.#isOld(path, time));
      if (old.length === 0) continue;
      const used = new Set((await this.#disk.withKeys(type, await this.#disk.leaves(type))).map(({ key }) => key));
      changes.push(...old.filter((path) => !used.has(path)).map((path) => ({ remove: path })));
    }
    return changes;
  }

  /** Only names that the store gave itself tell their age; a key of another name is somebody's. */
  #isOld(path: string, time: number): boolean {
    const made = madeAt(basename(path, extname(path)));
    return made !== undefined && made + this.#limits.csrExpiry <= time;
  }

  /** What goes when the store is full: expired chains beyond the newest, with key and OCSP, and OCSP of nobody. */
  async expendable(time: number): Promise<FileChange[]> {
    const changes: FileChange[] = [];
    for (const type of types) {
      const leaves = await this.#disk.leaves(type);
      const expired = leaves.filter(({ certificate }) => certificate.notAfter < time).slice(this.#limits.keptChains);
      const kept = leaves.filter((leaf) => !expired.includes(leaf));
      for (const leaf of expired) changes.push(...(await leafRemoval(this.#disk, type, leaf, kept)));
      changes.push(...(await this.#strayOcsp(type, kept)));
    }
    return distinct(changes);
  }

  async #strayOcsp(type: OwnLeafType, kept: readonly Leaf[]): Promise<FileChange[]> {
    const entries = await this.#disk.ocsp.entries(join(leafFolders(this.#disk.paths, type).certificates, "any"));
    const roots = (await this.#disk.rootFiles(type)).flatMap(({ certificates }) => certificates);
    const known = [...hashesOf([...roots, ...kept.flatMap((l) => [l.certificate, ...l.chain])]).values()];
    return entries.filter(({ hash }) => !known.some((other) => sameHash(hash, other))).flatMap(removeEntry);
  }
}

/** The changes that take a leaf from the disk: its files, its key unless another leaf has the same, its OCSP entries. */
export async function leafRemoval(
  disk: Disk,
  type: OwnLeafType,
  leaf: Leaf,
  others: readonly Leaf[],
): Promise<FileChange[]> {
  const key = await disk.findKey(type, leaf);
  const shared = others.some(({ certificate }) => Buffer.compare(certificate.spki, leaf.certificate.spki) === 0);
  const entries = await ocspEntriesOf(disk, type, leaf, others);
  return [
    ...leaf.files.map((path) => ({ remove: path })),
    ...(key.found && !shared ? [{ remove: key.path }] : []),
    ...entries.flatMap(removeEntry),
  ];
}

async function ocspEntriesOf(disk: Disk, type: OwnLeafType, leaf: Leaf, others: readonly Leaf[]): Promise<OcspEntry[]> {
  const roots = (await disk.rootFiles(type)).flatMap(({ certificates }) => certificates);
  const hashes = hashesOf([leaf.certificate, ...leaf.chain, ...roots]);
  const needed = new Set(others.flatMap((other) => [other.certificate, ...other.chain]).map((c) => c.fingerprint));
  const mine = [leaf.certificate, ...leaf.chain].filter(({ fingerprint }) => !needed.has(fingerprint));
  const found: OcspEntry[] = [];
  for (const file of new Set(leaf.files.map((path) => dirname(path)))) {
    for (const entry of await disk.ocsp.entries(join(file, "any"))) {
      const belongs = mine.some((c) => {
        const hash = hashes.get(c);
        return hash !== undefined && sameHash(hash, entry.hash);
      });
      if (belongs) found.push(entry);
    }
  }
  return found;
}

/** A file may be named for two reasons; it goes once. */
export function distinct(changes: readonly FileChange[]): FileChange[] {
  return [...new Map(changes.map((change) => [JSON.stringify(change), change])).values()];
}
