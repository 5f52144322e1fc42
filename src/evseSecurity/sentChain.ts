/** A chain that somebody sent, judged by the roots of this store. */
import type { Disk } from "./disk.ts";
import { isRefusal, parseChain } from "./leafUpdate.ts";
import type { Role } from "./profiles/index.ts";
import type { LeafCertificateType } from "./types.ts";
import { judge, type Verdict } from "./verdict.ts";

export interface SentChain {
  readonly certificate_chain: string;
  /** The first of MO, V2G, CSMS, MF among them is the role. */
  readonly certificate_types: readonly LeafCertificateType[];
}

export async function judgeSent(disk: Disk, sent: SentChain, time: number): Promise<Verdict> {
  const chain = parseChain(sent.certificate_chain);
  if (isRefusal(chain)) return chain;
  const [leaf, ...rest] = chain;
  const files = await Promise.all(sent.certificate_types.map((type) => disk.rootFiles(type)));
  const anchors = files.flat().flatMap(({ certificates }) => certificates);
  const role = roleOf(sent);
  const bareAllowed = role === "csms_client" || role === "mf";
  return judge({ role, leaf, chain: rest, anchors, time, bareAllowed });
}

export function roleOf({ certificate_types: types }: SentChain): Role {
  if (types.includes("MO")) return "contract";
  if (types.includes("V2G")) return "secc";
  return types.includes("CSMS") ? "csms_client" : "mf";
}
