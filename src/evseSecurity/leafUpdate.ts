/** A leaf that came for one of the station's keys: judged, and where it goes. */
import { join } from "node:path";
import { type Certificate, parsePemChain, toPem, X509Error } from "../x509/index.ts";
import type { Disk } from "./disk.ts";
import type { FileChange } from "./journal.ts";
import { leafFolders, type OwnLeafType } from "./paths.ts";
import { judge, malformed, type Refusal, type Verdict } from "./verdict.ts";

const roles = { V2G: "secc", CSMS: "csms_client" } as const;
const fileNames = {
  V2G: { single: "SECC_LEAF", chain: "CPO_CERT_SECC_LEAF_CHAIN", key: "SECC_LEAF" },
  CSMS: { single: "CSMS_LEAF", chain: "CPO_CERT_CSMS_LEAF_CHAIN", key: "CSMS_LEAF" },
} as const;

/** Reads a PEM chain, leaf first. */
export function parseChain(pem: string): readonly [Certificate, ...Certificate[]] | Refusal {
  try {
    const [leaf, ...chain] = parsePemChain(pem);
    return leaf ? [leaf, ...chain] : malformed("the chain", "there is no certificate in it", true);
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    return malformed("the chain", error.message, false);
  }
}

export function isRefusal(value: object): value is Refusal {
  return "ok" in value;
}

/** Path and role; a leaf may be delivered before its time has come. */
export async function judgeLeaf(
  disk: Disk,
  type: OwnLeafType,
  [leaf, ...chain]: readonly [Certificate, ...Certificate[]],
  time: number,
): Promise<Verdict> {
  const present = (await disk.rootFiles(type)).flatMap(({ certificates }) => certificates);
  return judge({
    role: roles[type],
    leaf,
    chain,
    anchors: present,
    time: Math.max(time, leaf.notBefore),
    bareAllowed: true,
  });
}

/** The files of a new leaf: the sub-CAs in the order TLS wants them, the root left out; none when it is all there. */
export async function leafChanges(
  disk: Disk,
  type: OwnLeafType,
  path: readonly Certificate[],
  name: string,
): Promise<FileChange[]> {
  const sent = path.slice(0, -1);
  const [leaf] = sent;
  const known = (await disk.leaves(type)).find(({ certificate }) => certificate.fingerprint === leaf?.fingerprint);
  if (!leaf || (known && known.chain.length >= sent.length - 1)) return [];
  const folder = leafFolders(disk.paths, type).certificates;
  const { single, chain } = fileNames[type];
  const singleFile = { write: join(folder, `${single}_${name}.pem`), content: toPem(leaf), mode: 0o644 };
  if (sent.length === 1) return [singleFile];
  return [{ write: join(folder, `${chain}_${name}.pem`), content: toPem(...sent), mode: 0o644 }, singleFile];
}

export function newKeyFile(disk: Disk, type: OwnLeafType, name: string): string {
  return join(leafFolders(disk.paths, type).keys, `${fileNames[type].key}_${name}.key`);
}
