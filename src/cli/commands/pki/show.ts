/** `plugcharge pki show`: a file, a chain or a whole store in words. */
import { Command } from "commander";
import { systemClock } from "../../../util/clock.ts";
import { nodeFiles } from "../../../util/files.ts";
import {
  type Certificate,
  isIssuedBy,
  keyKind,
  loadPrivateKey,
  parseCertificate,
  parseCertificateSigningRequest,
  parseOcspResponse,
  parsePem,
  parsePemChain,
} from "../../../x509/index.ts";
import { type Io, writeLine } from "../../io.ts";
import { asUserError, gatherCertificates, isPem, latin1, readInput } from "./sources.ts";
import { isStore, storeLines } from "./storeReport.ts";
import { certificateLines, looksLike } from "./words.ts";

interface Flags {
  readonly password?: string;
}

export function showCommand(io: Pick<Io, "stdout">): Command {
  return new Command("show")
    .description("Explain a certificate, a chain, a key, a request, an OCSP response, or a whole store of files.")
    .argument("<path>", "a file, or a folder: EVerest's `certs` is shown with what is missing in it")
    .option("--password <text>", "of private keys")
    .action(async (path: string, flags: Flags) => {
      for (const line of await describePath(path, flags)) await writeLine(io.stdout, line);
    });
}

async function describePath(path: string, { password = "" }: Flags): Promise<string[]> {
  const info = await nodeFiles.info(path).catch(() => undefined);
  if (!info?.isDirectory) return describeContent(path, await readInput(path), password);
  if (await isStore(path)) return storeLines(path, password);
  return chainLines(await gatherCertificates(path));
}

function describeContent(file: string, content: Uint8Array, password: string): string[] {
  return asUserError(file, content, () =>
    isPem(content) ? describePem(latin1(content), password) : describeDer(content),
  );
}

function describePem(text: string, password: string): string[] {
  const lines = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/.test(text) ? keyLines(text, password) : [];
  const labels = text.includes("Proc-Type:") ? [] : parsePem(text).map(({ label }) => label);
  if (labels.some((label) => label.endsWith("CERTIFICATE REQUEST"))) lines.push(...requestLines(text));
  if (labels.some((label) => label.endsWith("CERTIFICATE"))) lines.push(...chainLines(parsePemChain(text)));
  return lines.length > 0 ? lines : [`nothing known here: ${labels.join(", ")}`];
}

function keyLines(text: string, password: string): string[] {
  const encrypted = text.includes("ENCRYPTED");
  if (encrypted && password === "") return ["a private key, encrypted; give --password to see more"];
  const key = loadPrivateKey(text, password);
  return [`a private key, ${keyKind(key)}, ${encrypted ? "encrypted" : "not encrypted"}`];
}

function requestLines(text: string): string[] {
  const { subject, keyKind: kind, signatureValid, keyUsage } = parseCertificateSigningRequest(text);
  const proof = signatureValid
    ? "the requester has the key"
    : "the signature is wrong: the requester may not have the key";
  const usage = keyUsage ? `asks for ${[...keyUsage].join(", ")}` : "asks for no key usage";
  return [`a certificate signing request of ${subject}`, `  ${kind} key; ${proof}`, `  ${usage}`];
}

function chainLines(certificates: readonly Certificate[]): string[] {
  const now = systemClock.now();
  return certificates.flatMap((certificate, i) => {
    const previous = certificates[i - 1];
    const order = previous && !isIssuedBy(previous, certificate) ? ["  (did not issue the one before it)"] : [];
    return [
      `${i + 1}. ${looksLike(certificate)}`,
      ...certificateLines(certificate, now).map((l) => `   ${l}`),
      ...order,
    ];
  });
}

/** A certificate, or else an OCSP response. */
function describeDer(content: Uint8Array): string[] {
  if (!looksLikeOcsp(content)) return chainLines([parseCertificate(content)]);
  const response = parseOcspResponse(content);
  if (response.responseStatus !== "successful")
    return [`an OCSP response: the responder says ${response.responseStatus}`];
  const time = (ms: number | undefined) => (ms === undefined ? "?" : new Date(ms).toISOString());
  return [
    `an OCSP response of ${time(response.producedAt)}`,
    ...response.answers.map(({ status, certId, thisUpdate, nextUpdate }) => {
      return `  serial number ${certId.serialNumber}: ${status}, from ${time(thisUpdate)} to ${time(nextUpdate)}`;
    }),
  ];
}

/** Its first element is the ENUMERATED response status; a certificate's is a sequence. */
function looksLikeOcsp(content: Uint8Array): boolean {
  const [tag, length = 0] = content;
  return tag === 0x30 && content[length < 0x80 ? 2 : 2 + (length & 0x7f)] === 0x0a;
}
