/** An OCSP response that came for one of the station's certificates: checked before it is kept. */
import { fromBase64 } from "../util/bytes.ts";
import { PeerError } from "../util/errors.ts";
import { type Certificate, checkOcspResponse, ocspCertId } from "../x509/index.ts";
import type { Disk } from "./disk.ts";
import { hashesOf, issuerIn } from "./issuers.ts";
import type { FileChange } from "./journal.ts";
import { sameHash } from "./results.ts";
import type { CertificateHashData } from "./types.ts";

interface Subject {
  readonly certificate: Certificate;
  readonly issuer: Certificate;
  readonly file: string;
}

/** What the responder really said; the rest is no answer. */
const answers = new Set(["good", "revoked", "unknown"]);

/** @param text base64 of the DER. @param name of a new entry. */
export async function ocspUpdate(
  disk: Disk,
  hash: CertificateHashData,
  text: string,
  time: number,
  name: string,
): Promise<{ readonly changes: readonly FileChange[] } | { readonly refused: string }> {
  const response = tryDecode(text);
  if (!response) return { refused: "it is not base64" };
  const subject = await findSubject(disk, hash);
  if (!subject) return { refused: "no certificate here has this hash" };
  const { certificate, issuer, file } = subject;
  const verdict = checkOcspResponse({ response, certId: ocspCertId(certificate, issuer), issuer, time });
  if (!answers.has(verdict.outcome)) return { refused: verdict.outcome };
  return { changes: await disk.ocsp.storeChanges(file, hash, response, name) };
}

/** Among the SECC chains and the V2G store. */
async function findSubject(disk: Disk, hash: CertificateHashData): Promise<Subject | undefined> {
  const stored = await disk.rootFiles("V2G");
  const roots = stored.flatMap(({ certificates }) => certificates);
  const places = [
    ...(await disk.leaves("V2G")).map(({ certificate, chain, files }) => ({
      own: [certificate, ...chain],
      file: files[0] ?? "",
    })),
    ...stored.map(({ path, certificates }) => ({ own: certificates, file: path })),
  ];
  for (const { own, file } of places) {
    const around = [...own, ...roots];
    const found = [...hashesOf(around)].find(([c, known]) => own.includes(c) && sameHash(known, hash))?.[0];
    const issuer = found && issuerIn(found, around);
    if (issuer) return { certificate: found, issuer, file };
  }
  return undefined;
}

function tryDecode(text: string): Uint8Array | undefined {
  try {
    return fromBase64(text);
  } catch (error) {
    if (!(error instanceof PeerError)) throw error;
    return undefined;
  }
}
