/** The SECC's own certificates from evse_security: one chain for each V2G root, ready for a TLS server. */
import { CommandError } from "../../framework/errors.ts";
import type { Requirement } from "../../framework/module.ts";
import type { evse_security } from "../../interfaces/evse_security.ts";
import type { CertificateInfo } from "../../interfaces/types/evse_security.ts";
import type { TlsChains, TlsCredentials } from "../../transport/ports.ts";
import { UserError } from "../../util/errors.ts";
import type { Files } from "../../util/files.ts";
import type { Logger } from "../../util/log.ts";
import { type Certificate, loadPrivateKey, parsePemChain, samePublicKey, X509Error } from "../../x509/index.ts";
import { authoritiesOf } from "./authorities.ts";

export interface ChainPorts {
  readonly security: Pick<Requirement<typeof evse_security>, "call">;
  readonly files: Files;
  readonly log: Logger;
}

/** Chains with their keys, or why there is none. */
export type OwnChains = { readonly chains: TlsChains } | { readonly problem: UserError };

/** ISO 15118-2, 7.7.3: other curves are for ISO 15118-20. */
const CURVE = "P-256";

/** In the order of evse_security, which puts the one to prefer first. One that cannot be used is passed over. */
export async function loadChains({ security, files, log }: ChainPorts): Promise<OwnChains> {
  try {
    const question = { certificate_type: "V2G", encoding: "PEM", include_ocsp: true } as const;
    const { status, info } = await security.call("get_all_valid_certificates_info", question);
    const read = await Promise.all(info.map((one) => readChain(one, files)));
    const problems = read.filter((one) => one instanceof UserError);
    const [first, ...rest] = read.filter((one): one is TlsCredentials => !(one instanceof UserError));
    if (!first) return { problem: problems[0] ?? noLeaf(status) };
    for (const problem of problems) log.warn({}, `a SECC certificate is not used: ${problem.describe()}`);
    return { chains: [first, ...rest] };
  } catch (error) {
    if (error instanceof CommandError) return { problem: noLeaf(error.message) };
    throw error;
  }
}

async function readChain(info: CertificateInfo, files: Files): Promise<TlsCredentials | UserError> {
  try {
    return await chainOf(info, files);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

async function chainOf(info: CertificateInfo, files: Files): Promise<TlsCredentials> {
  const { certificate, certificate_single, certificate_root = "", key, password: passphrase, ocsp } = info;
  const file = certificate ?? certificate_single;
  if (file === undefined) throw noLeaf("no file holds it");
  const chain = await readText(files, file);
  const privateKey = await readText(files, key);
  const [leaf, ...above] = faulty(file, () => parsePemChain(chain));
  const roots = faulty(file, () => parsePemChain(certificate_root));
  if (!leaf) throw noLeaf(`there is none in ${file}`);
  faulty(key, () => checkPair(leaf, privateKey, passphrase));
  // Stapling is a courtesy: without the file there is none.
  const response = ocsp?.[0]?.ocsp_path;
  const staple = response === undefined ? undefined : await files.read(response).catch(() => undefined);
  return {
    ...{ chain, key: privateKey },
    ...(passphrase !== undefined && { passphrase }),
    ...(staple && { ocsp: staple }),
    authorities: [...roots, ...above].flatMap(authoritiesOf),
    root: (roots[0]?.subject ?? leaf.issuer).toString(),
  };
}

/** @throws X509Error */
function checkPair(leaf: Certificate, privateKey: string, passphrase: string | undefined): void {
  if (leaf.keyKind !== CURVE) throw new X509Error(`its certificate is of ${leaf.keyKind}, not of ${CURVE}`);
  if (leaf.keyUsage?.has("digitalSignature") === false) {
    // OpenSSL would tell every EV that it offers no cipher suite.
    throw new X509Error("its certificate must not sign, as a TLS server does: it lacks the key usage digitalSignature");
  }
  if (!samePublicKey(loadPrivateKey(privateKey, passphrase), leaf.publicKey)) {
    throw new X509Error("the key is that of another certificate");
  }
}

/** @throws UserError naming the file for what cannot be used in it. */
function faulty<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    throw new UserError(error.message, { file, fix: "Install the leaf certificate and its key anew." });
  }
}

/** @throws UserError */
async function readText(files: Files, file: string): Promise<string> {
  try {
    return new TextDecoder().decode(await files.read(file));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(`cannot read ${file} (${code ?? "unknown reason"})`, { file, fix: "Make it readable." });
  }
}

function noLeaf(why: string): UserError {
  return new UserError(`there is no SECC certificate to serve TLS with (${why})`, {
    fix: "Install a valid SECC leaf with its sub-CAs and key; evse_security says which file is missing.",
  });
}
