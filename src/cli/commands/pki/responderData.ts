/** What the responder data of `pki init` says of a certificate, without asking a responder. */
import { join } from "node:path";
import { nodeFiles } from "../../../util/files.ts";
import { type Certificate, isIssuedBy } from "../../../x509/index.ts";
import { gatherCertificates, latin1 } from "./sources.ts";

export type ResponderWord = "good" | "revoked" | "unknown";

/** Undefined when the folder has no data about the certificate's issuer. @param dir as `pki init` made it. */
export async function responderWord(dir: string, certificate: Certificate): Promise<ResponderWord | undefined> {
  const folder = join(dir, "ocsp");
  const names = await nodeFiles.list(folder).catch(() => []);
  for (const name of names) {
    const [ca] = await gatherCertificates(join(folder, name, "ca.pem")).catch(() => []);
    if (!ca || !isIssuedBy(certificate, ca)) continue;
    const index = latin1(await nodeFiles.read(join(folder, name, "index.txt")).catch(() => new Uint8Array()));
    return wordOf(index, certificate.serialNumber);
  }
  return undefined;
}

/** OpenSSL's CA database: the status in the first field, the serial number in the fourth. */
function wordOf(index: string, serialNumber: string): ResponderWord {
  for (const line of index.split("\n")) {
    const [status, , , serial = ""] = line.split("\t");
    if (serial.toLowerCase().replace(/^0+(?=.)/, "") === serialNumber) return status === "R" ? "revoked" : "good";
  }
  return "unknown";
}
