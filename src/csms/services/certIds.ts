import { createHash } from "node:crypto";
import type { Certificate, OcspCertId } from "../../x509/index.ts";

/** Whether hashes, of whichever algorithm, stand for certificates of this CA. */
export function isIssuedBy({ publicKeyBits, subject }: Certificate, certId: OcspCertId): boolean {
  const hash = (bytes: Uint8Array) => createHash(certId.hashAlgorithm.toLowerCase()).update(bytes).digest("hex");
  return (
    hash(subject.der) === certId.issuerNameHash.toLowerCase() &&
    hash(publicKeyBits) === certId.issuerKeyHash.toLowerCase()
  );
}
