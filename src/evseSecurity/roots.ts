/** Root certificates: judged, listed, installed, deleted. */
import { join } from "node:path";
import type { Files } from "../util/files.ts";
import { type Certificate, parsePemChain, toPem, validateRoot, X509Error } from "../x509/index.ts";
import { type CertificateFile, withoutCertificates } from "./certificateFiles.ts";
import { descendants, hashesOf } from "./issuers.ts";
import type { FileChange } from "./journal.ts";
import { sameHash } from "./results.ts";
import type { CaCertificateType, CertificateHashData, InstallCertificateResult } from "./types.ts";

/** Roots of a CSMS or manufacturer may be as old as certificates without extensions; those of ISO 15118 are not. */
const bareRoots: ReadonlySet<CaCertificateType> = new Set(["CSMS", "MF"]);

export type RootVerdict =
  | { readonly ok: true; readonly certificate: Certificate }
  | { readonly ok: false; readonly result: InstallCertificateResult; readonly why: string };

/** Whether a PEM text is a root that may be installed: one certificate, signed by itself, a CA, valid now. */
export function judgeRoot(pem: string, type: CaCertificateType, time: number): RootVerdict {
  const certificate = tryParse(pem);
  if (typeof certificate === "string") return { ok: false, result: "InvalidFormat", why: certificate };
  const verdict = validateRoot(certificate, { time, bareAllowed: bareRoots.has(type) });
  if (verdict.ok) return { ok: true, certificate };
  return { ok: false, result: rootResult(verdict.reason), why: verdict.fix };
}

function rootResult(reason: string): InstallCertificateResult {
  if (reason === "expired" || reason === "not_yet_valid") return "Expired";
  return reason === "signature" ? "InvalidSignature" : "InvalidCertificateChain";
}

function tryParse(pem: string): Certificate | string {
  try {
    const [first, ...others] = parsePemChain(pem);
    if (!first) return "there is no certificate in it";
    return others.length > 0 ? "there is more than one certificate in it" : first;
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    return error.message;
  }
}

/** Currently valid roots among the certificates of a store; what ends in no root of them is no anchor. */
export function validRoots(
  files: readonly CertificateFile[],
  type: CaCertificateType,
  time: number,
): { file: string; certificate: Certificate }[] {
  return files.flatMap(({ path, certificates }) =>
    certificates
      .filter((certificate) => validateRoot(certificate, { time, bareAllowed: bareRoots.has(type) }).ok)
      .map((certificate) => ({ file: path, certificate })),
  );
}

/** The change that adds a root; none when it is there already. @param name for a new file in a folder, without ending */
export async function installChange(
  files: Files,
  path: string,
  present: readonly CertificateFile[],
  certificate: Certificate,
  name: string,
): Promise<FileChange | undefined> {
  const known = present.flatMap(({ certificates }) => certificates);
  if (known.some(({ fingerprint }) => fingerprint === certificate.fingerprint)) return undefined;
  const info = await files.info(path);
  if (info?.isDirectory) return { write: join(path, `${name}.pem`), content: toPem(certificate), mode: 0o644 };
  const content = info && info.size > 0 ? await files.read(path) : new Uint8Array();
  return { write: path, content: append(content, certificate), mode: 0o644 };
}

/** A bundle keeps what it has, comments too; one that was DER becomes PEM. */
function append(content: Uint8Array, certificate: Certificate): string {
  if (content.length === 0) return toPem(certificate);
  const text = Buffer.from(content).toString("latin1");
  if (!text.includes("-----BEGIN ")) return toPem({ der: content }, certificate);
  return `${text.endsWith("\n") ? text : `${text}\n`}${toPem(certificate)}`;
}

/** The changes that delete a certificate from a store of roots, with all below it in that store; none when it is not there. */
export async function deleteChanges(
  files: Files,
  bundle: string,
  present: readonly CertificateFile[],
  wanted: CertificateHashData,
): Promise<FileChange[]> {
  const all = present.flatMap(({ certificates }) => certificates);
  const target = [...hashesOf(all)].find(([, hash]) => sameHash(hash, wanted))?.[0];
  if (!target) return [];
  const doomed = new Set([target, ...descendants(target, all)].map(({ fingerprint }) => fingerprint));
  const touched = present.filter(({ certificates }) => certificates.some((c) => doomed.has(c.fingerprint)));
  return Promise.all(touched.map((file) => deleteFrom(files, bundle, file, doomed)));
}

async function deleteFrom(
  files: Files,
  bundle: string,
  { path, certificates }: CertificateFile,
  doomed: ReadonlySet<string>,
): Promise<FileChange> {
  const nothingLeft = certificates.every(({ fingerprint }) => doomed.has(fingerprint));
  if (nothingLeft && path !== bundle) return { remove: path };
  if (nothingLeft) return { write: path, content: "", mode: 0o644 };
  const text = Buffer.from(await files.read(path)).toString("latin1");
  return { write: path, content: withoutCertificates(text, doomed), mode: 0o644 };
}
