/** Where the roots of a kind lie, for whoever reads them from files. */
import type { Disk } from "./disk.ts";
import { caPath, type StorePaths } from "./paths.ts";
import type { CaCertificateType } from "./types.ts";

/** The bundle, or in a folder the file of the first valid root; empty when there is none. */
export async function verifyFile(
  disk: Disk,
  paths: StorePaths,
  type: CaCertificateType,
  time: number,
): Promise<string> {
  const path = caPath(paths, type);
  const files = await disk.rootFiles(type);
  if (files.some((file) => file.path === path && file.certificates.length > 0)) return path;
  return (await disk.validRoots(type, time))[0]?.file ?? "";
}

/** The bundle or folder; empty when it holds no certificate. */
export async function verifyLocation(disk: Disk, paths: StorePaths, type: CaCertificateType): Promise<string> {
  const files = await disk.rootFiles(type);
  return files.some(({ certificates }) => certificates.length > 0) ? caPath(paths, type) : "";
}
