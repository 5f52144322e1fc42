/** Certificates with a fault, issued by the CAs of a folder that has their keys. */
import type { Contract, Provisioning } from "../../evcc/index.ts";
import { normaliseEmaid } from "../../iso15118/emaid.ts";
import { loadPki, type MemberId, type Reissued, reissue, requireFault } from "../../pki/index.ts";
import type { TlsCredentials } from "../../transport/ports.ts";
import { systemClock } from "../../util/clock.ts";
import type { Files } from "../../util/files.ts";
import { cryptoRandom } from "../../util/random.ts";
import { exportPrivateKey, toPem } from "../../x509/index.ts";
import { type PkiFolder, readPassword } from "./pkiFolder.ts";

/** @param fault as `plugcharge pki faults` names it. @throws UserError when the folder cannot issue it. */
export async function faultyContract(files: Files, folder: PkiFolder, fault: string): Promise<Contract> {
  const { certificate, key, chain } = await issued("contract", fault, files, folder);
  return {
    eMAID: normaliseEmaid(certificate.subject.CN ?? ""),
    chain: [certificate, ...chain].map(({ der }) => der),
    key,
  };
}

/** @param fault as `plugcharge pki faults` names it. @throws UserError when the folder cannot issue it. */
export async function faultyProvisioning(files: Files, folder: PkiFolder, fault: string): Promise<Provisioning> {
  const { certificate, key } = await issued("oem", fault, files, folder);
  return { certificate: certificate.der, key };
}

/** Another provisioning service. @throws UserError when the folder cannot issue it. */
export function faultyService(files: Files, folder: PkiFolder, fault: string): Promise<Reissued> {
  return issued("cps", fault, files, folder);
}

/** @param fault as `plugcharge pki faults` names it. @throws UserError when the folder cannot issue it. */
export async function faultyCredentials(files: Files, folder: PkiFolder, fault: string): Promise<TlsCredentials> {
  return credentialsOf(await issued("secc", fault, files, folder));
}

/** As a TLS server takes them. */
export function credentialsOf({ certificate, key, chain, ocsp }: Reissued): TlsCredentials {
  return { chain: toPem(certificate, ...chain), key: exportPrivateKey(key, "pkcs8"), ...(ocsp && { ocsp }) };
}

async function issued(member: MemberId, fault: string, files: Files, { dir, layout }: PkiFolder): Promise<Reissued> {
  const password = await readPassword(files, dir, layout);
  const pki = await loadPki({ files, dir, layout, password });
  return reissue(member, requireFault(fault), pki, { clock: systemClock, random: cryptoRandom });
}
