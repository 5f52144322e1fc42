/** Where the store's files lie: EVerest's eight configuration keys. */
import { isAbsolute, join, normalize } from "node:path";
import { UserError } from "../util/errors.ts";
import type { CaCertificateType, LeafCertificateType } from "./types.ts";

/** A `…_ca_bundle` may be a file of certificates or a folder of such files. */
export interface StorePaths {
  readonly csms_ca_bundle: string;
  readonly mf_ca_bundle: string;
  readonly mo_ca_bundle: string;
  readonly v2g_ca_bundle: string;
  readonly csms_leaf_cert_directory: string;
  readonly csms_leaf_key_directory: string;
  readonly secc_leaf_cert_directory: string;
  readonly secc_leaf_key_directory: string;
}

/** Below `<etc>/everest/certs`. */
export const defaultPaths: StorePaths = {
  csms_ca_bundle: "ca/csms/CSMS_ROOT_CA.pem",
  mf_ca_bundle: "ca/mf/MF_ROOT_CA.pem",
  mo_ca_bundle: "ca/mo/MO_ROOT_CA.pem",
  v2g_ca_bundle: "ca/v2g/V2G_ROOT_CA.pem",
  csms_leaf_cert_directory: "client/csms",
  csms_leaf_key_directory: "client/csms",
  secc_leaf_cert_directory: "client/cso",
  secc_leaf_key_directory: "client/cso",
};

/** Relative paths are below `certsDir`. @throws UserError when roots and leaves would share a folder. */
export function resolvePaths(paths: Partial<StorePaths>, certsDir: string): StorePaths {
  const entries = Object.entries({ ...defaultPaths, ...paths }).map(([key, path]) => [
    key,
    isAbsolute(path) ? normalize(path) : join(certsDir, path),
  ]);
  const resolved = Object.fromEntries(entries) as StorePaths;
  checkApart(resolved);
  return resolved;
}

function checkApart(paths: StorePaths): void {
  const keys = Object.keys(paths) as (keyof StorePaths)[];
  for (const ca of keys.filter((key) => key.endsWith("_ca_bundle"))) {
    const same = keys.find((key) => !key.endsWith("_ca_bundle") && paths[key] === paths[ca]);
    if (!same) continue;
    throw new UserError(`${ca} and ${same} are the same folder, ${paths[ca]}`, {
      key: ca,
      expected: "a file or folder that holds root certificates only",
      fix: `Point ${ca} to another place.`,
    });
  }
}

const caKeys = { V2G: "v2g_ca_bundle", MO: "mo_ca_bundle", CSMS: "csms_ca_bundle", MF: "mf_ca_bundle" } as const;

export function caPath(paths: StorePaths, type: CaCertificateType): string {
  return paths[caKeys[type]];
}

/** The leaves that the store keeps: those of the station itself. */
export type OwnLeafType = Extract<LeafCertificateType, "CSMS" | "V2G">;

export function isOwnLeafType(type: LeafCertificateType): type is OwnLeafType {
  return type === "CSMS" || type === "V2G";
}

export function leafFolders(paths: StorePaths, type: OwnLeafType): { certificates: string; keys: string } {
  return type === "V2G"
    ? { certificates: paths.secc_leaf_cert_directory, keys: paths.secc_leaf_key_directory }
    : { certificates: paths.csms_leaf_cert_directory, keys: paths.csms_leaf_key_directory };
}
