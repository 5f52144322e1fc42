/** Signatures over whole files, as firmware has them (OCPP 2.0.1, L01). */
import { verify } from "node:crypto";
import { fromBase64 } from "../util/bytes.ts";
import { PeerError } from "../util/errors.ts";
import type { Files } from "../util/files.ts";
import { parsePemChain } from "../x509/index.ts";

/** A larger file is not read into memory. */
const MAX_FILE = 1024 * 1024 * 1024;

/** SHA-256 and RSA or ECDSA. Whom the certificate belongs to is not asked here. @param signature base64 */
export async function verifyFileSignature(
  files: Files,
  args: { file_path: string; signing_certificate: string; signature: string },
): Promise<boolean> {
  const info = await files.info(args.file_path).catch(() => undefined);
  if (!info || info.isDirectory || info.size > MAX_FILE) return false;
  try {
    const [signer] = parsePemChain(args.signing_certificate);
    const signature = fromBase64(args.signature);
    return signer !== undefined && verify("sha256", await files.read(args.file_path), signer.publicKey, signature);
  } catch (error) {
    const expected = error instanceof PeerError || typeof (error as NodeJS.ErrnoException).code === "string";
    if (!expected) throw error;
    return false;
  }
}
