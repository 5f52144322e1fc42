/** Which leaf to present, with all that a TLS server or client needs to know of it. */
import type { Logger } from "../util/log.ts";
import { type Certificate, certificateHashData, describeCertificate, toPem } from "../x509/index.ts";
import type { Disk, KeyedLeaf } from "./disk.ts";
import { issuerIn } from "./issuers.ts";
import { isValidAt, type Leaf } from "./leaves.ts";
import { isOwnLeafType, type OwnLeafType } from "./paths.ts";
import { toHashData } from "./results.ts";
import type {
  CertificateHashData,
  CertificateInfo,
  GetCertificateFullInfoResult,
  GetCertificateInfoResult,
  GetCertificateInfoStatus,
  LeafCertificateType,
} from "./types.ts";

export interface LeafQuestion {
  readonly certificate_type: LeafCertificateType;
  readonly include_ocsp: boolean;
}

const DAY = 24 * 3600_000;

/** In the place of a certificate whose issuer is not known, so that the others keep theirs. */
const NO_HASH: CertificateHashData = {
  hash_algorithm: "SHA256",
  issuer_name_hash: "",
  issuer_key_hash: "",
  serial_number: "",
};

export class LeafQueries {
  readonly #disk: Disk;
  readonly #password: string;
  readonly #log: Logger;

  constructor(disk: Disk, password: string, log: Logger) {
    this.#disk = disk;
    this.#password = password;
    this.#log = log;
  }

  async one({ certificate_type, include_ocsp }: LeafQuestion, time: number): Promise<GetCertificateInfoResult> {
    if (!isOwnLeafType(certificate_type)) return { status: "Rejected" };
    const [leaves, status] = await this.#valid(certificate_type, time);
    if (leaves.length === 0) return { status };
    const leaf = await this.#disk.firstWithKey(certificate_type, leaves);
    if (!leaf) return { status: "PrivateKeyNotFound" };
    return { status, info: await this.#info(certificate_type, leaf, include_ocsp, time) };
  }

  /** One leaf, the first in order, for each root: a car may know any of them. */
  async all({ certificate_type, include_ocsp }: LeafQuestion, time: number): Promise<GetCertificateFullInfoResult> {
    if (!isOwnLeafType(certificate_type)) return { status: "Rejected", info: [] };
    const [leaves, status] = await this.#valid(certificate_type, time);
    const byRoot = new Map<string, CertificateInfo>();
    for (const leaf of leaves) {
      const root = await this.#rootOf(certificate_type, leaf, time);
      if (!root || byRoot.has(root.fingerprint)) continue;
      const keyed = await this.#disk.firstWithKey(certificate_type, [leaf]);
      if (!keyed) continue;
      const info = await this.#info(certificate_type, keyed, include_ocsp, time);
      byRoot.set(root.fingerprint, { ...info, certificate_root: toPem(root) });
    }
    const keyless =
      byRoot.size === 0 && leaves.length > 0 && !(await this.#disk.firstWithKey(certificate_type, leaves));
    return { status: keyless ? "PrivateKeyNotFound" : status, info: [...byRoot.values()] };
  }

  /** Whole days until the leaf in use ends; 0 when there is none with a key. */
  async daysLeft(type: LeafCertificateType, time: number): Promise<number> {
    if (!isOwnLeafType(type)) return 0;
    const leaf = await this.#disk.firstWithKey(type, await this.#disk.validLeaves(type, time));
    return leaf ? Math.floor((leaf.certificate.notAfter - time) / DAY) : 0;
  }

  /** Valid leaves, or why there are none. */
  async #valid(type: OwnLeafType, time: number): Promise<[Leaf[], GetCertificateInfoStatus]> {
    const leaves = await this.#disk.leaves(type);
    if (leaves.length === 0) return [[], "NotFound"];
    const valid = leaves.filter((leaf) => isValidAt(leaf, time));
    return [valid, valid.length === 0 ? "NotFoundValid" : "Accepted"];
  }

  async #rootOf(type: OwnLeafType, leaf: Leaf, time: number): Promise<Certificate | undefined> {
    const verdict = await this.#disk.pathOf(type, leaf, time);
    if (verdict.ok) return verdict.path.at(-1);
    const { reason, fix } = verdict;
    this.#log.warn({ file: leaf.files[0], reason, fix }, `${describeCertificate(leaf.certificate)} is not used`);
    return undefined;
  }

  async #info(type: OwnLeafType, leaf: KeyedLeaf, includeOcsp: boolean, time: number): Promise<CertificateInfo> {
    return {
      key: leaf.key,
      ...(leaf.chainFile !== undefined && { certificate: leaf.chainFile }),
      ...(leaf.singleFile !== undefined && { certificate_single: leaf.singleFile }),
      certificate_count: 1 + leaf.chain.length,
      ...(this.#password !== "" && { password: this.#password }),
      ...(includeOcsp && { ocsp: await this.#ocsp(type, leaf, time) }),
    };
  }

  /** One element for each certificate of the chain file, in its order; a response only while it holds. */
  async #ocsp(type: OwnLeafType, leaf: KeyedLeaf, time: number): Promise<NonNullable<CertificateInfo["ocsp"]>> {
    const chain = [leaf.certificate, ...leaf.chain];
    const stored = (await this.#disk.rootFiles(type)).flatMap(({ certificates }) => certificates);
    const list: NonNullable<CertificateInfo["ocsp"]> = [];
    for (const certificate of chain) {
      const issuer = issuerIn(certificate, [...chain, ...stored]);
      list.push(issuer ? await this.#ocspOf(certificate, issuer, leaf.files[0] ?? "", time) : { hash: NO_HASH });
    }
    return list;
  }

  async #ocspOf(certificate: Certificate, issuer: Certificate, file: string, time: number) {
    const hash = toHashData(certificateHashData(certificate, issuer));
    const entry = await this.#disk.ocsp.find(file, hash);
    const verdict = entry && (await this.#disk.ocsp.judge(entry, certificate, issuer, time));
    const holds = verdict && ["good", "revoked", "unknown"].includes(verdict.outcome);
    return { hash, ...(entry && holds && { ocsp_path: entry.path }) };
  }
}
