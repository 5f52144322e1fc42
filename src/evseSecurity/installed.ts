/** What is installed, by hash: get_installed_certificates. */
import type { Certificate } from "../x509/index.ts";
import type { Disk } from "./disk.ts";
import { descendants, hashesOf } from "./issuers.ts";
import type {
  CaCertificateType,
  CertificateHashDataChain,
  CertificateType,
  GetInstalledCertificatesResult,
} from "./types.ts";

const rootTypes: Readonly<Partial<Record<CertificateType, CaCertificateType>>> = {
  V2GRootCertificate: "V2G",
  MORootCertificate: "MO",
  CSMSRootCertificate: "CSMS",
  MFRootCertificate: "MF",
};

export async function installedCertificates(
  disk: Disk,
  types: readonly CertificateType[],
  time: number,
): Promise<GetInstalledCertificatesResult> {
  const chains: CertificateHashDataChain[] = [];
  for (const type of new Set(types)) {
    const ca = rootTypes[type];
    chains.push(...(ca ? await installedRoots(disk, type, ca) : await installedLeaves(disk, time)));
  }
  return { status: chains.length > 0 ? "Accepted" : "NotFound", certificate_hash_data_chain: chains };
}

/** Roots, expired ones too: the CSMS must be able to see and delete them. Their sub-CAs in the store are children. */
async function installedRoots(
  disk: Disk,
  type: CertificateType,
  ca: CaCertificateType,
): Promise<CertificateHashDataChain[]> {
  const all = distinct((await disk.rootFiles(ca)).flatMap(({ certificates }) => certificates));
  const roots = all.filter(({ isSelfIssued }) => isSelfIssued);
  return roots.flatMap((root) => entry(type, root, descendants(root, all), all));
}

/** Valid leaves with a key; the children are their sub-CAs, the lower one first. */
async function installedLeaves(disk: Disk, time: number): Promise<CertificateHashDataChain[]> {
  const entries: CertificateHashDataChain[] = [];
  for (const leaf of await disk.withKeys("V2G", await disk.validLeaves("V2G", time))) {
    const verdict = await disk.pathOf("V2G", leaf, "any");
    if (!verdict.ok) continue;
    entries.push(...entry("V2GCertificateChain", leaf.certificate, verdict.path.slice(1, -1), verdict.path));
  }
  return entries;
}

/** OCPP allows four children. */
const MAX_CHILDREN = 4;

function entry(
  type: CertificateType,
  certificate: Certificate,
  children: readonly Certificate[],
  all: readonly Certificate[],
): CertificateHashDataChain[] {
  const hashes = hashesOf(all);
  const hash = hashes.get(certificate);
  const childHashes = children.flatMap((child) => hashes.get(child) ?? []).slice(0, MAX_CHILDREN);
  if (!hash) return [];
  return [
    {
      certificate_type: type,
      certificate_hash_data: hash,
      ...(childHashes.length > 0 && { child_certificate_hash_data: childHashes }),
    },
  ];
}

function distinct(certificates: readonly Certificate[]): Certificate[] {
  return [...new Map(certificates.map((certificate) => [certificate.fingerprint, certificate])).values()];
}
