/** Why the station has no certificate to present, in one sentence that names the file and the fix. */
import { isoTime } from "../util/clock.ts";
import { UserError } from "../util/errors.ts";
import { describeCertificate } from "../x509/index.ts";
import type { Disk } from "./disk.ts";
import { isValidAt, type Leaf } from "./leaves.ts";
import { caPath, leafFolders, type OwnLeafType } from "./paths.ts";

const words = {
  V2G: {
    what: "SECC certificate",
    key: "secc_leaf_cert_directory",
    keys: "secc_leaf_key_directory",
    roots: "v2g_ca_bundle",
    file: "CPO_CERT_CHAIN.pem",
  },
  CSMS: {
    what: "CSMS client certificate",
    key: "csms_leaf_cert_directory",
    keys: "csms_leaf_key_directory",
    roots: "csms_ca_bundle",
    file: "CSMS_LEAF.pem",
  },
} as const;

/** Undefined when there is a leaf with a key and a path to an installed root. */
export async function explainLeaf(disk: Disk, type: OwnLeafType, time: number): Promise<UserError | undefined> {
  const leaves = await disk.leaves(type);
  const [first] = leaves;
  if (!first) return missing(disk, type);
  const valid = leaves.filter((leaf) => isValidAt(leaf, time));
  const [best] = valid;
  if (!best) return outOfTime(first, type, time);
  const keyed = await disk.firstWithKey(type, valid);
  if (!keyed) return withoutKey(disk, best, type);
  return withoutPath(disk, keyed, type, time);
}

function missing(disk: Disk, type: OwnLeafType): UserError {
  const { what, key, file } = words[type];
  const folder = leafFolders(disk.paths, type).certificates;
  return new UserError(`there is no ${what}`, {
    file: folder,
    key,
    expected: `${file} with the leaf and its sub-CAs, and its key`,
    fix: "Put them there, or make test certificates by `plugcharge pki init`.",
  });
}

function outOfTime({ certificate, files }: Leaf, type: OwnLeafType, time: number): UserError {
  const ended = certificate.notAfter < time;
  const when = isoTime(ended ? certificate.notAfter : certificate.notBefore);
  const message = `the ${words[type].what} ${describeCertificate(certificate)} ${ended ? "ended" : "begins"} at ${when}`;
  const fix = ended ? "Renew it, or set the clock right." : "Wait until then, or set the clock right.";
  return new UserError(message, { ...(files[0] !== undefined && { file: files[0] }), fix });
}

async function withoutKey(disk: Disk, leaf: Leaf, type: OwnLeafType): Promise<UserError> {
  const { keys } = leafFolders(disk.paths, type);
  const search = await disk.findKey(type, leaf);
  const [problem] = search.found ? [] : search.problems;
  if (problem) {
    const key = "private_key_password";
    return new UserError(problem.reason, { file: problem.path, key, fix: "Set private_key_password of EvseSecurity." });
  }
  return new UserError(`no private key belongs to the ${words[type].what} ${describeCertificate(leaf.certificate)}`, {
    file: keys,
    key: words[type].keys,
    expected: `the key of ${leaf.files[0]}`,
    fix: "Put it there, with the ending .key.",
  });
}

async function withoutPath(disk: Disk, leaf: Leaf, type: OwnLeafType, time: number): Promise<UserError | undefined> {
  const verdict = await disk.pathOf(type, leaf, time);
  if (verdict.ok) return undefined;
  const message = `the ${words[type].what} has no path to a root in ${caPath(disk.paths, type)} (${verdict.reason})`;
  const file = leaf.files[0] === undefined ? {} : { file: leaf.files[0] };
  return new UserError(message, { ...file, key: words[type].roots, fix: verdict.fix });
}
