/** What goes when a certificate is deleted by its hash. */
import { distinct, leafRemoval } from "./collector.ts";
import type { Disk } from "./disk.ts";
import { hashesOf } from "./issuers.ts";
import type { FileChange } from "./journal.ts";
import type { Leaf } from "./leaves.ts";
import { caPath, type OwnLeafType } from "./paths.ts";
import { sameHash } from "./results.ts";
import { deleteChanges } from "./roots.ts";
import type { CaCertificateType, CertificateHashData } from "./types.ts";

const caTypes = ["V2G", "MO", "CSMS", "MF"] as const;

/** From every store of roots that has it, with all below it there; empty when none has. */
export async function rootDeletion(
  disk: Disk,
  hash: CertificateHashData,
): Promise<{ readonly types: readonly CaCertificateType[]; readonly changes: readonly FileChange[] }> {
  const types: CaCertificateType[] = [];
  const changes: FileChange[] = [];
  for (const type of caTypes) {
    const found = await deleteChanges(disk.files, caPath(disk.paths, type), await disk.rootFiles(type), hash);
    if (found.length > 0) types.push(type);
    changes.push(...found);
  }
  return { types, changes: distinct(changes) };
}

/** Every SECC leaf that is, or whose chain has, the certificate, with key and OCSP entries; empty when none is. */
export async function seccDeletion(disk: Disk, hash: CertificateHashData): Promise<FileChange[]> {
  const doomed = await leavesWith(disk, "V2G", hash);
  const gone = new Set(doomed.map(({ certificate }) => certificate.fingerprint));
  const kept = (await disk.leaves("V2G")).filter(({ certificate }) => !gone.has(certificate.fingerprint));
  const changes = await Promise.all(doomed.map((leaf) => leafRemoval(disk, "V2G", leaf, kept)));
  return distinct(changes.flat());
}

/** Leaves that are, or whose chain has, the certificate of a hash. */
export async function leavesWith(disk: Disk, type: OwnLeafType, hash: CertificateHashData): Promise<Leaf[]> {
  const roots = (await disk.rootFiles(type)).flatMap(({ certificates }) => certificates);
  return (await disk.leaves(type)).filter(({ certificate, chain }) => {
    const own = [certificate, ...chain];
    const hashes = hashesOf([...own, ...roots]);
    return own.some((each) => {
      const known = hashes.get(each);
      return known !== undefined && sameHash(known, hash);
    });
  });
}
