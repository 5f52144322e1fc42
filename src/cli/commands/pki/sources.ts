/** Certificates that a person names: files, or folders with files in them. */
import { extname, join } from "node:path";
import { UserError } from "../../../util/errors.ts";
import { nodeFiles } from "../../../util/files.ts";
import { type Certificate, parseCertificate, parsePem, parsePemChain, X509Error } from "../../../x509/index.ts";

const MAX_FILE_SIZE = 4 * 1024 * 1024;
const MAX_DEPTH = 6;

/** @throws UserError when there is no such file. */
export async function readInput(file: string): Promise<Uint8Array> {
  const info = await nodeFiles.info(file).catch(() => undefined);
  if (!info) throw new UserError("there is no such file", { file, fix: "Give the path of a file that exists." });
  if (info.isDirectory) throw new UserError("this is a folder", { file, fix: "Give a file in it." });
  if (info.size > MAX_FILE_SIZE) throw new UserError("the file is too large", { file, expected: "at most 4 MiB" });
  return nodeFiles.read(file);
}

/** The certificates of a file in order, PEM or DER. @throws UserError when there is none, or one cannot be read. */
export async function readChain(file: string): Promise<readonly [Certificate, ...Certificate[]]> {
  const [leaf, ...chain] = asUserError(file, await readInput(file), (content) =>
    isPem(content) ? parsePemChain(latin1(content)) : [parseCertificate(content)],
  );
  if (leaf) return [leaf, ...chain];
  throw new UserError("there is no certificate in it", { file, expected: "certificates, PEM or DER" });
}

/** The same as octets, readable or not, to be judged. */
export async function readRawChain(file: string): Promise<readonly [Uint8Array, ...Uint8Array[]]> {
  const [leaf, ...chain] = asUserError(file, await readInput(file), (content) =>
    isPem(content) ? certificateBlocks(latin1(content)) : [content],
  );
  if (leaf) return [leaf, ...chain];
  throw new UserError("there is no certificate in it", { file, expected: "certificates, PEM or DER" });
}

function certificateBlocks(text: string): Uint8Array[] {
  return parsePem(text)
    .filter(({ label }) => label.endsWith("CERTIFICATE"))
    .map(({ der }) => der);
}

/** Every certificate of a file, or of the .pem and .der files in a folder and below; what cannot be read is passed over. */
export async function gatherCertificates(path: string, depth = 0): Promise<Certificate[]> {
  const info = await nodeFiles.info(path).catch(() => undefined);
  if (!info) throw new UserError("there is no such file or folder", { file: path });
  if (!info.isDirectory) return info.size > MAX_FILE_SIZE ? [] : lenient(await nodeFiles.read(path));
  const found: Certificate[] = [];
  for (const name of await nodeFiles.list(path)) {
    const child = join(path, name);
    const isFolder = (await nodeFiles.info(child).catch(() => undefined))?.isDirectory === true;
    const wanted = isFolder ? depth < MAX_DEPTH : [".pem", ".der", ".crt", ".cer"].includes(extname(name));
    if (wanted) found.push(...(await gatherCertificates(child, depth + 1)));
  }
  return found;
}

function lenient(content: Uint8Array): Certificate[] {
  const ders = isPem(content) ? tryX509(() => certificateBlocks(latin1(content))) : [content];
  return (ders ?? []).flatMap((der) => tryX509(() => parseCertificate(der)) ?? []);
}

function tryX509<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    return undefined;
  }
}

/** Runs a parser on a file's content. @throws UserError with the file's name where the parser throws X509Error. */
export function asUserError<T>(file: string, content: Uint8Array, parse: (content: Uint8Array) => T): T {
  try {
    return parse(content);
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    throw new UserError(error.message, { file });
  }
}

export function isPem(content: Uint8Array): boolean {
  return latin1(content).includes("-----BEGIN ");
}

export function latin1(content: Uint8Array): string {
  return Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString("latin1");
}
