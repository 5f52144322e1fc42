/** A store in a temporary folder, filled by the PKI maker. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { openStore, resolvePaths, type StoreOptions } from "../../src/evseSecurity/index.ts";
import type { CertificateStoreUpdate } from "../../src/evseSecurity/types.ts";
import { createPki, faults, type Pki, writePki } from "../../src/pki/index.ts";
import { type Files, nodeFiles } from "../../src/util/files.ts";
import { silentLogger } from "../../src/util/log.ts";
import { ManualClock } from "../../src/util/manualClock.ts";
import { cryptoRandom } from "../../src/util/random.ts";
import { type Certificate, certificateHashData, toPem } from "../../src/x509/index.ts";

export const clock = new ManualClock(Date.UTC(2026, 5, 1, 12));
export const password = "123456";
export const ocspUrl = "http://127.0.0.1:8889/ocsp";

export async function temporaryFolder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "plugcharge-store-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

/** @param names of faults in it. */
export function makePki(...names: string[]): Promise<Pki> {
  const wanted = faults.filter(({ name }) => names.includes(name));
  return createPki({ clock, random: cryptoRandom, ocspUrl, faults: wanted });
}

/** Does not wait for the disk, as no test pulls the plug while a world is made. */
const hastyFiles: Files = {
  ...nodeFiles,
  write: (path, content, mode) => writeFile(path, content, mode === undefined ? {} : { mode }),
};

export interface WorldOptions extends Partial<StoreOptions> {
  readonly pki?: Pki | "none";
  readonly dir?: string;
  readonly disk?: Files;
}

export async function openWorld({ pki = shared, dir, disk = nodeFiles, ...options }: WorldOptions = {}) {
  const folder = dir ?? (await temporaryFolder());
  if (pki !== "none") await writePki(pki, { files: hastyFiles, dir: folder, password, audiences: ["station"] });
  const updates: CertificateStoreUpdate[] = [];
  const store = await openStore({
    paths: resolvePaths({}, folder),
    password,
    files: disk,
    clock,
    random: cryptoRandom,
    log: silentLogger,
    onUpdate: (update) => updates.push(update),
    ...options,
  });
  const at = (path: string) => join(folder, path);
  return { store, folder, at, updates, read: (path: string) => readFile(at(path), "utf8") };
}

/** A regular PKI that tests must not change. */
export const shared = await makePki();

export function hashOf(certificate: Certificate, issuer: Certificate) {
  const { hashAlgorithm, issuerNameHash, issuerKeyHash, serialNumber } = certificateHashData(certificate, issuer);
  return {
    hash_algorithm: hashAlgorithm,
    issuer_name_hash: issuerNameHash,
    issuer_key_hash: issuerKeyHash,
    serial_number: serialNumber,
  };
}

/** A member with its sub-CAs as a peer sends them. */
export function chainOf(pki: Pki, id: "secc" | "contract" | "csmsClient"): string {
  return toPem(pki.members[id].certificate, ...pki.chain(id));
}
