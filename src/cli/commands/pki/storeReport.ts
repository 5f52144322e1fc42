/** A station's certificate store in words, with what is missing and where it should be. */
import { extname, join, relative } from "node:path";
import { CertificateStore, resolvePaths, type StorePaths } from "../../../evseSecurity/index.ts";
import { systemClock } from "../../../util/clock.ts";
import { nodeFiles } from "../../../util/files.ts";
import { silentLogger } from "../../../util/log.ts";
import { cryptoRandom } from "../../../util/random.ts";
import { type Certificate, describeCertificate, isIssuedBy } from "../../../x509/index.ts";
import { gatherCertificates } from "./sources.ts";

const DAY = 24 * 3600_000;

const stores = [
  { type: "V2G", key: "v2g_ca_bundle", about: "V2G roots", without: "no car and no SECC certificate can be judged" },
  { type: "MO", key: "mo_ca_bundle", about: "MO roots", without: "contracts must be judged by the CSMS" },
  { type: "CSMS", key: "csms_ca_bundle", about: "CSMS roots", without: "no TLS to the CSMS but by the system's roots" },
  { type: "MF", key: "mf_ca_bundle", about: "manufacturer's roots", without: "no signed firmware" },
] as const;

const leaves = [
  { type: "V2G", key: "secc_leaf_cert_directory", about: "SECC certificates" },
  { type: "CSMS", key: "csms_leaf_cert_directory", about: "client certificates for the CSMS" },
] as const;

/** Whether a folder is laid out as EVerest's `certs`. */
export async function isStore(dir: string): Promise<boolean> {
  const folders = await Promise.all(["ca", "client"].map((name) => nodeFiles.info(join(dir, name))));
  return folders.some((info) => info?.isDirectory);
}

export async function storeLines(dir: string, password: string): Promise<string[]> {
  const paths = resolvePaths({}, dir);
  const ports = { files: nodeFiles, clock: systemClock, random: cryptoRandom, log: silentLogger };
  const store = new CertificateStore({ ...ports, paths, password: password || (await writtenPassword(paths)) });
  const lines: string[] = [];
  for (const { type, key, about, without } of stores) {
    const path = paths[key];
    lines.push(`${about} (${relative(dir, path)})`);
    const certificates = await gatherCertificates(path).catch(() => []);
    lines.push(...certificates.map((certificate) => `  ${briefly(certificate)}`));
    const usable = await store.is_ca_certificate_installed({ certificate_type: type });
    if (!usable) lines.push(`  missing: a valid root; without it ${without}`);
  }
  for (const { type, key, about } of leaves) {
    lines.push(`${about} (${relative(dir, paths[key])})`, ...(await leafLines(paths[key])));
    const problem = await store.explain_leaf({ certificate_type: type });
    if (problem) lines.push(`  missing: ${problem.describe()}`);
    else lines.push(...(await inUse(store, type)).map((file) => `  in use: ${relative(dir, file)}`));
  }
  return [...lines, ...(await strangeFiles(dir, paths))];
}

async function leafLines(folder: string): Promise<string[]> {
  const certificates = await gatherCertificates(folder).catch(() => []);
  const distinct = new Map(certificates.map((certificate) => [certificate.fingerprint, certificate]));
  return [...distinct.values()].filter(({ isCa }) => !isCa).map((certificate) => `  ${briefly(certificate)}`);
}

async function inUse(store: CertificateStore, certificate_type: "V2G" | "CSMS"): Promise<string[]> {
  const { info } = await store.get_all_valid_certificates_info({ certificate_type, include_ocsp: false });
  return info.map(({ certificate, certificate_single }) => certificate ?? certificate_single ?? "");
}

/** Test PKIs have the password beside the key. */
async function writtenPassword({ secc_leaf_key_directory }: StorePaths): Promise<string> {
  const content = await nodeFiles.read(join(secc_leaf_key_directory, "SECC_LEAF_PASSWORD.txt")).catch(() => undefined);
  return content ? Buffer.from(content).toString("utf8").trim() : "";
}

function briefly(certificate: Certificate): string {
  const days = Math.floor((certificate.notAfter - systemClock.now()) / DAY);
  const signed = certificate.isSelfIssued && isIssuedBy(certificate, certificate) ? "root" : "not a root";
  const kind = certificate.isCa || certificate.isSelfIssued ? `${signed}, ` : "";
  return `${describeCertificate(certificate)} (${kind}${days < 0 ? `ended ${-days} days ago` : `${days} days left`})`;
}

/** Files that look like certificates but are not looked at, because of their ending. */
async function strangeFiles(dir: string, paths: StorePaths): Promise<string[]> {
  const lines: string[] = [];
  for (const folder of [paths.secc_leaf_cert_directory, paths.csms_leaf_cert_directory]) {
    const names = await nodeFiles.list(folder).catch(() => []);
    for (const name of names.filter((each) => [".crt", ".cer"].includes(extname(each)))) {
      const file = relative(dir, join(folder, name));
      lines.push(`not looked at: ${file}; only .pem and .der are. Rename it.`);
    }
  }
  return lines;
}
