/** Whom a CSMS trusts, and for which CAs it speaks: roots by file, or a folder with a whole PKI. */
import { resolve } from "node:path";
import type { CsmsPki } from "../../csms/options.ts";
import { contractAccountOf, csmsPki, emptyPki, type PkiSource } from "../../csms/pki.ts";
import type { ContractAccount } from "../../csms/store/accounts.ts";
import { createOcspSigners, loadPki, type MemberId } from "../../pki/index.ts";
import type { ServerTls } from "../../rpc/listener.ts";
import { systemClock } from "../../util/clock.ts";
import { UserError } from "../../util/errors.ts";
import { nodeFiles } from "../../util/files.ts";
import { cryptoRandom } from "../../util/random.ts";
import { type Certificate, parsePemChain, toPem, X509Error } from "../../x509/index.ts";
import type { Io } from "../io.ts";
import { openPkiFolder, type PkiFolder, readPassword } from "./pkiFolder.ts";

interface TrustFlags {
  readonly pki?: string;
  readonly moRoots?: string;
  readonly v2gRoots?: string;
}

export interface CsmsTrust {
  readonly pki: CsmsPki;
  /** The contract of a folder's own. */
  readonly known: readonly ContractAccount[];
  /** What stations see when they connect by TLS, where the folder has it. */
  readonly tls?: ServerTls;
}

/** What is trusted, and the contract of a folder's own. @throws UserError for a file that cannot be used. */
export async function readCsmsTrust(flags: TrustFlags, io: Pick<Io, "readFile">): Promise<CsmsTrust> {
  const named = await readPki(flags, io);
  if (flags.pki === undefined) return { pki: named, known: [] };
  const folder = await openPkiFolder(nodeFiles, resolve(flags.pki));
  const found = await loadWholePki(folder);
  const own = csmsPki(found);
  const { mo, v2g } = own.roots;
  const roots = { mo: [...mo, ...named.roots.mo], v2g: [...v2g, ...named.roots.v2g] };
  const account = contractAccountOf(found);
  const pki = { ...own, roots, intermediates: [...own.intermediates, ...named.intermediates] };
  const tls = serverTls(found);
  return { pki, known: account ? [account] : [], ...(tls && { tls }) };
}

/** Client certificates are taken from those below the CSMS's own roots. */
function serverTls(pki: PkiSource): ServerTls | undefined {
  const [certificate, key] = [pki.certificate("csmsServer"), pki.key("csmsServer")];
  if (!certificate || !key) return undefined;
  return {
    cert: toPem(certificate, ...pki.chain("csmsServer")),
    key: key.export({ format: "pem", type: "pkcs8" }).toString(),
    ca: pki.trust.csms.map((root) => toPem(root)),
  };
}

/** Responders are made anew: their answers are signed by certificates of the day. */
async function loadWholePki({ dir, layout }: PkiFolder): Promise<PkiSource> {
  const found = await loadPki({ files: nodeFiles, dir, layout, password: await readPassword(nodeFiles, dir, layout) });
  const holder = (id: MemberId) => {
    const [certificate, key] = [found.certificate(id), found.key(id)];
    return certificate && key ? { certificate, key } : undefined;
  };
  const ocspSigners = await createOcspSigners(holder, { clock: systemClock, random: cryptoRandom });
  return { ...found, ocspSigners };
}

async function readPki({ moRoots, v2gRoots }: TrustFlags, io: Pick<Io, "readFile">): Promise<CsmsPki> {
  const mo = await readCertificates(moRoots, io);
  const v2g = await readCertificates(v2gRoots, io);
  const isRoot = ({ isSelfIssued }: Certificate) => isSelfIssued;
  return {
    ...emptyPki,
    roots: { mo: mo.filter(isRoot), v2g: v2g.filter(isRoot) },
    intermediates: [...mo, ...v2g].filter((certificate) => !isRoot(certificate)),
  };
}

async function readCertificates(file: string | undefined, io: Pick<Io, "readFile">): Promise<readonly Certificate[]> {
  if (file === undefined) return [];
  try {
    return parsePemChain(new TextDecoder().decode(await io.readFile(file)));
  } catch (error) {
    if (error instanceof X509Error) throw new UserError(error.message, { file, expected: "certificates as PEM" });
    throw new UserError("the file cannot be read", { file, fix: "Check its name and permissions." });
  }
}
