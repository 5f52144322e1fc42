/** Whom to ask about which certificate: hash data and responder's URL, leaf first. */
import { type Certificate, certificateHashData, parsePemChain, validatePath, X509Error } from "../x509/index.ts";
import type { Disk } from "./disk.ts";
import { toHashData } from "./results.ts";
import type { OCSPRequestData, OCSPRequestDataList } from "./types.ts";

/** OCPP's limit for a responder's URL. */
const MAX_URL = 512;

/** For the station's own SECC certificates that have a key and are valid now or will be, and their sub-CAs. */
export async function v2gOcspRequests(disk: Disk, time: number): Promise<OCSPRequestDataList> {
  const leaves = (await disk.leaves("V2G")).filter(({ certificate }) => certificate.notAfter >= time);
  const list: OCSPRequestData[] = [];
  for (const leaf of await disk.withKeys("V2G", leaves)) {
    const verdict = await disk.pathOf("V2G", leaf, "any");
    if (verdict.ok) list.push(...requestsOf(verdict.path));
  }
  return { ocsp_request_data_list: distinct(list) };
}

/** For a contract chain below an MO or V2G root that is installed, whatever the time: nothing without such a root. */
export async function moOcspRequests(disk: Disk, certificateChain: string): Promise<OCSPRequestDataList> {
  const [leaf, ...intermediates] = tryParse(certificateChain);
  if (!leaf) return { ocsp_request_data_list: [] };
  const stores = await Promise.all([disk.rootFiles("MO"), disk.rootFiles("V2G")]);
  const anchors = stores.flat().flatMap(({ certificates }) => certificates);
  const verdict = validatePath({ leaf, intermediates, anchors, time: "any" });
  return { ocsp_request_data_list: verdict.ok ? distinct(requestsOf(verdict.path)) : [] };
}

/** Certificates without a responder's URL, and the root, ask nobody. */
function requestsOf(path: readonly Certificate[]): OCSPRequestData[] {
  return path.slice(0, -1).flatMap((certificate, i) => {
    const url = certificate.aia?.ocsp;
    const issuer = path[i + 1];
    if (!issuer || !url || url.length > MAX_URL) return [];
    return [{ certificate_hash_data: toHashData(certificateHashData(certificate, issuer)), responder_url: url }];
  });
}

function distinct(list: readonly OCSPRequestData[]): OCSPRequestData[] {
  return [...new Map(list.map((data) => [JSON.stringify(data), data])).values()];
}

function tryParse(pem: string): Certificate[] {
  try {
    return parsePemChain(pem);
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    return [];
  }
}
