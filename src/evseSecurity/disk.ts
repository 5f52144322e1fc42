/** What lies in the store's files right now. */
import type { Files } from "../util/files.ts";
import type { Logger } from "../util/log.ts";
import { type Certificate, type PathVerdict, validatePath } from "../x509/index.ts";
import { type CertificateFile, CertificateFiles } from "./certificateFiles.ts";
import { groupLeaves, isValidAt, type Leaf, type LeafChoice, orderLeaves } from "./leaves.ts";
import { OcspCache } from "./ocspCache.ts";
import { caPath, leafFolders, type OwnLeafType, type StorePaths } from "./paths.ts";
import { type KeySearch, PrivateKeys } from "./privateKeys.ts";
import { validRoots } from "./roots.ts";
import type { CaCertificateType } from "./types.ts";

export interface KeyedLeaf extends Leaf {
  readonly key: string;
}

export class Disk {
  readonly files: Files;
  readonly paths: StorePaths;
  readonly ocsp: OcspCache;
  readonly #certificates: CertificateFiles;
  readonly #keys: PrivateKeys;
  readonly #choice: LeafChoice;

  constructor(files: Files, paths: StorePaths, log: Logger, password: string, choice: LeafChoice) {
    this.files = files;
    this.paths = paths;
    this.#choice = choice;
    this.#certificates = new CertificateFiles(files, log);
    this.#keys = new PrivateKeys(files, password);
    this.ocsp = new OcspCache(files);
  }

  /** Everything in a store of roots, roots or not. */
  rootFiles(type: CaCertificateType): Promise<CertificateFile[]> {
    return this.#certificates.read(caPath(this.paths, type));
  }

  async validRoots(type: CaCertificateType, time: number): Promise<{ file: string; certificate: Certificate }[]> {
    return validRoots(await this.rootFiles(type), type, time);
  }

  /** In the order in which they are to be used. */
  async leaves(type: OwnLeafType): Promise<Leaf[]> {
    const files = await this.#certificates.read(leafFolders(this.paths, type).certificates);
    return orderLeaves(groupLeaves(files), this.#choice);
  }

  async validLeaves(type: OwnLeafType, time: number): Promise<Leaf[]> {
    return (await this.leaves(type)).filter((leaf) => isValidAt(leaf, time));
  }

  findKey(type: OwnLeafType, leaf: Pick<Leaf, "certificate" | "files">): Promise<KeySearch> {
    return this.#keys.find(leaf.certificate, leaf.files, leafFolders(this.paths, type).keys);
  }

  keyFiles(type: OwnLeafType): Promise<string[]> {
    return this.#keys.list(leafFolders(this.paths, type).keys);
  }

  async firstWithKey(type: OwnLeafType, leaves: readonly Leaf[]): Promise<KeyedLeaf | undefined> {
    for (const leaf of leaves) {
      const key = await this.findKey(type, leaf);
      if (key.found) return { ...leaf, key: key.path };
    }
    return undefined;
  }

  async withKeys(type: OwnLeafType, leaves: readonly Leaf[]): Promise<KeyedLeaf[]> {
    const keyed: KeyedLeaf[] = [];
    for (const leaf of leaves) {
      const found = await this.firstWithKey(type, [leaf]);
      if (found) keyed.push(found);
    }
    return keyed;
  }

  /** The path of a leaf of ours to a root of its store, whose sub-CAs may lie there too. */
  async pathOf(
    type: OwnLeafType,
    leaf: Pick<Leaf, "certificate" | "chain">,
    time: number | "any",
  ): Promise<PathVerdict> {
    const present = (await this.rootFiles(type)).flatMap(({ certificates }) => certificates);
    return validatePath({
      leaf: leaf.certificate,
      intermediates: leaf.chain,
      anchors: present,
      time,
      bareAllowed: true,
    });
  }
}
