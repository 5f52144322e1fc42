/** The station's certificate store: EVerest's `evse_security` commands over files, one after the other. */
import { join } from "node:path";
import type { Clock } from "../util/clock.ts";
import type { UserError } from "../util/errors.ts";
import type { Files } from "../util/files.ts";
import type { Logger } from "../util/log.ts";
import type { Random } from "../util/random.ts";
import { Collector, defaultLimits, distinct, type StoreLimits } from "./collector.ts";
import { createRequest, isUsableSubject, type RequestedSubject } from "./csr.ts";
import { leavesWith, rootDeletion, seccDeletion } from "./deletion.ts";
import { Disk } from "./disk.ts";
import { explainLeaf } from "./explainLeaf.ts";
import { verifyFileSignature } from "./fileSignature.ts";
import { installedCertificates } from "./installed.ts";
import { type FileChange, Journal } from "./journal.ts";
import { LeafQueries, type LeafQuestion } from "./leafQueries.ts";
import { isRefusal, judgeLeaf, leafChanges, newKeyFile, parseChain } from "./leafUpdate.ts";
import type { LeafChoice } from "./leaves.ts";
import { createNameMaker } from "./names.ts";
import { moOcspRequests, v2gOcspRequests } from "./ocspRequests.ts";
import { ocspUpdate } from "./ocspUpdate.ts";
import { caPath, isOwnLeafType, type OwnLeafType, type StorePaths } from "./paths.ts";
import { prepareFolders } from "./prepare.ts";
import { installResult, validationResult } from "./results.ts";
import { installChange, judgeRoot } from "./roots.ts";
import { judgeSent, roleOf, type SentChain } from "./sentChain.ts";
import { Turns } from "./turns.ts";
import type * as T from "./types.ts";
import type { Refusal, Verdict } from "./verdict.ts";
import { verifyFile, verifyLocation } from "./verifyFiles.ts";

export interface StoreOptions {
  readonly paths: StorePaths;
  /** Of private keys; empty for none. */
  readonly password: string;
  readonly files: Files;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly leafChoice?: LeafChoice;
  readonly limits?: Partial<StoreLimits>;
  /** Told of every change that was accepted. */
  readonly onUpdate?: (update: T.CertificateStoreUpdate) => void;
}

/** Makes missing folders and bundles, finishes what a crash interrupted. What cannot be made is only warned of. */
export async function openStore(options: StoreOptions): Promise<CertificateStore> {
  await prepareFolders(options.files, options.paths, options.log);
  return new CertificateStore(options);
}

/** Commands and results are those of the interface `evse_security`; none throws for what is in the files or was sent. */
export class CertificateStore {
  readonly #options: StoreOptions;
  readonly #log: Logger;
  readonly #disk: Disk;
  readonly #turns: Turns;
  readonly #collector: Collector;
  readonly #leafQueries: LeafQueries;
  readonly #newName: () => string;

  constructor(options: StoreOptions) {
    const { files, paths, log, password, leafChoice = "newest", clock, random } = options;
    this.#options = options;
    this.#log = log;
    this.#disk = new Disk(files, paths, log, password, leafChoice);
    const journal = new Journal(files, join(paths.secc_leaf_cert_directory, ".evse_security.journal"));
    this.#turns = new Turns(journal, clock, log);
    this.#collector = new Collector(this.#disk, { ...defaultLimits, ...options.limits });
    this.#leafQueries = new LeafQueries(this.#disk, password, log);
    this.#newName = createNameMaker(clock, random);
  }

  get paths(): StorePaths {
    return this.#options.paths;
  }

  install_ca_certificate(args: {
    certificate: string;
    certificate_type: T.CaCertificateType;
  }): Promise<T.InstallCertificateResult> {
    return this.#turns.take(async (time) => {
      const { certificate: pem, certificate_type: type } = args;
      if (await this.#isFull(time)) return "CertificateStoreMaxLengthExceeded";
      const verdict = judgeRoot(pem, type, time);
      if (!verdict.ok) {
        this.#log.warn({ type, result: verdict.result }, `root certificate refused: ${verdict.why}`);
        return verdict.result;
      }
      const path = caPath(this.paths, type);
      const present = await this.#disk.rootFiles(type);
      const name = `${type}_ROOT_${this.#newName()}`;
      const change = await installChange(this.#disk.files, path, present, verdict.certificate, name);
      if (!(await this.#turns.write(change ? [change] : []))) return "WriteError";
      this.#options.onUpdate?.({ operation: "Installed", ca_certificate_type: type });
      return "Accepted";
    });
  }

  delete_certificate(args: { certificate_hash_data: T.CertificateHashData }): Promise<T.DeleteCertificateResult> {
    return this.#turns.take(async () => {
      const hash = args.certificate_hash_data;
      const root = await rootDeletion(this.#disk, hash);
      if (root.changes.length > 0) {
        return this.#delete(root.changes, ...root.types.map((type) => ({ ca_certificate_type: type })));
      }
      const secc = await seccDeletion(this.#disk, hash);
      if (secc.length > 0) return this.#delete(secc, { leaf_certificate_type: "V2G" });
      // M04.FR.06: the station must not lose the certificate it identifies itself with
      return (await leavesWith(this.#disk, "CSMS", hash)).length > 0 ? "Failed" : "NotFound";
    });
  }

  async #delete(
    changes: readonly FileChange[],
    ...updates: readonly Omit<T.CertificateStoreUpdate, "operation">[]
  ): Promise<T.DeleteCertificateResult> {
    if (!(await this.#turns.write(changes))) return "Failed";
    for (const update of updates) this.#options.onUpdate?.({ operation: "Deleted", ...update });
    return "Accepted";
  }

  update_leaf_certificate(args: {
    certificate_chain: string;
    certificate_type: T.LeafCertificateType;
  }): Promise<T.InstallCertificateResult> {
    return this.#turns.take(async (time) => {
      const { certificate_chain, certificate_type: type } = args;
      if (await this.#isFull(time)) return "CertificateStoreMaxLengthExceeded";
      if (!isOwnLeafType(type)) return "WriteError";
      const chain = parseChain(certificate_chain);
      const verdict = isRefusal(chain) ? chain : await judgeLeaf(this.#disk, type, chain, time);
      if (!verdict.ok) return installResult(this.#refused(`${type} leaf`, verdict));
      return this.#storeLeaf(type, verdict.path);
    });
  }

  async #storeLeaf(
    type: OwnLeafType,
    path: Extract<Verdict, { ok: true }>["path"],
  ): Promise<T.InstallCertificateResult> {
    const [certificate] = path;
    const key = certificate && (await this.#disk.findKey(type, { certificate, files: [] }));
    if (!key?.found) {
      this.#log.warn({ type, unreadable: key?.problems ?? [] }, "leaf refused: no private key here belongs to it");
      return "WriteError";
    }
    if (!(await this.#turns.write(await leafChanges(this.#disk, type, path, this.#newName())))) return "WriteError";
    this.#options.onUpdate?.({ operation: "Installed", leaf_certificate_type: type });
    return "Accepted";
  }

  verify_certificate(args: SentChain): Promise<T.CertificateValidationResult> {
    return this.judge_chain(args).then(validationResult);
  }

  /** As {@link verify_certificate}, with the reason and the fix. */
  judge_chain(args: SentChain): Promise<Verdict> {
    return this.#turns.take(async (time) => {
      const verdict = await judgeSent(this.#disk, args, time);
      return verdict.ok ? verdict : this.#refused(`${roleOf(args)} chain`, verdict);
    });
  }

  get_installed_certificates(args: {
    certificate_types: readonly T.CertificateType[];
  }): Promise<T.GetInstalledCertificatesResult> {
    return this.#turns.take((time) => installedCertificates(this.#disk, args.certificate_types, time));
  }

  get_v2g_ocsp_request_data(): Promise<T.OCSPRequestDataList> {
    return this.#turns.take((time) => v2gOcspRequests(this.#disk, time));
  }

  get_mo_ocsp_request_data(args: { certificate_chain: string }): Promise<T.OCSPRequestDataList> {
    return this.#turns.take(() => moOcspRequests(this.#disk, args.certificate_chain));
  }

  /** Stores a response (base64 of DER) that is right for the certificate; another is warned of and changes nothing. */
  update_ocsp_cache(args: { certificate_hash_data: T.CertificateHashData; ocsp_response: string }): Promise<null> {
    return this.#turns.take(async (time) => {
      const { certificate_hash_data: hash, ocsp_response } = args;
      const update = await ocspUpdate(this.#disk, hash, ocsp_response, time, this.#newName());
      if ("changes" in update) await this.#turns.write(update.changes);
      else this.#log.warn({ serial: hash.serial_number, reason: update.refused }, "OCSP response not stored");
      return null;
    });
  }

  is_ca_certificate_installed(args: { certificate_type: T.CaCertificateType }): Promise<boolean> {
    return this.#turns.take(async (time) => (await this.#disk.validRoots(args.certificate_type, time)).length > 0);
  }

  generate_certificate_signing_request(
    args: RequestedSubject & { certificate_type: T.LeafCertificateType; use_tpm: boolean },
  ): Promise<T.GetCertificateSignRequestResult> {
    return this.#turns.take(async (time) => {
      const type = args.certificate_type;
      if (!isOwnLeafType(type)) return { status: "InvalidRequestedType" };
      if (args.use_tpm) {
        this.#log.warn({ type }, "no key made: there is no TPM here");
        return { status: "KeyGenError" };
      }
      if (!isUsableSubject(args)) return { status: "GenerationError" };
      if (await this.#isFull(time)) return { status: "KeyGenError" };
      const { key, csr } = await createRequest(args, this.#options.password);
      const write = newKeyFile(this.#disk, type, this.#newName());
      // the key is safe on disk before anybody hears of it
      if (!(await this.#turns.write([{ write, content: key, mode: 0o600 }]))) return { status: "KeyGenError" };
      return { status: "Accepted", csr };
    });
  }

  get_leaf_certificate_info(args: LeafQuestion): Promise<T.GetCertificateInfoResult> {
    return this.#turns.take((time) => this.#leafQueries.one(args, time));
  }

  get_all_valid_certificates_info(args: LeafQuestion): Promise<T.GetCertificateFullInfoResult> {
    return this.#turns.take((time) => this.#leafQueries.all(args, time));
  }

  get_verify_file(args: { certificate_type: T.CaCertificateType }): Promise<string> {
    return this.#turns.take((time) => verifyFile(this.#disk, this.paths, args.certificate_type, time));
  }

  get_verify_location(args: { certificate_type: T.CaCertificateType }): Promise<string> {
    return this.#turns.take(() => verifyLocation(this.#disk, this.paths, args.certificate_type));
  }

  get_leaf_expiry_days_count(args: { certificate_type: T.LeafCertificateType }): Promise<number> {
    return this.#turns.take((time) => this.#leafQueries.daysLeft(args.certificate_type, time));
  }

  verify_file_signature(args: { file_path: string; signing_certificate: string; signature: string }): Promise<boolean> {
    return this.#turns.take(() => verifyFileSignature(this.#disk.files, args));
  }

  /** Why there is no leaf to present, naming the file and the fix; undefined when there is one with key and path. */
  explain_leaf(args: { certificate_type: OwnLeafType }): Promise<UserError | undefined> {
    return this.#turns.take((time) => explainLeaf(this.#disk, args.certificate_type, time));
  }

  /** Throws away keys whose request was never answered, and when the store is full what else is of no use. */
  collect_garbage(): Promise<void> {
    return this.#turns.take((time) => this.#collect(time));
  }

  /** Resolves when nothing is under way any more. */
  settled(): Promise<void> {
    return this.#turns.settled();
  }

  async #isFull(time: number): Promise<boolean> {
    await this.#collect(time);
    if (!(await this.#collector.isFull())) return false;
    this.#log.warn({}, "the certificate store is full");
    return true;
  }

  async #collect(time: number): Promise<void> {
    const forgotten = await this.#collector.forgottenKeys(time);
    const expendable = (await this.#collector.isFull()) ? await this.#collector.expendable(time) : [];
    await this.#turns.write(distinct([...forgotten, ...expendable]));
  }

  #refused(what: string, refusal: Refusal): Refusal {
    const { reason, certificate, clause, fix } = refusal;
    this.#log.warn({ reason, certificate, clause, fix }, `${what} refused`);
    return refusal;
  }
}
