/** Files from and to addresses that somebody else has chosen: HTTP by Node, FTP by curl. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import type { Clock } from "../util/clock.ts";
import { PeerError } from "../util/errors.ts";

/** A file could not be got or put; the message says why. */
export class TransferError extends PeerError {}

export interface FileTransfer {
  /** @throws TransferError when it cannot be had, is too large or takes too long. */
  download(url: string, signal: AbortSignal): Promise<Uint8Array>;
  /** Puts a file; its `name` is added to an address that ends with a folder. @throws TransferError */
  upload(url: string, name: string, content: Uint8Array, signal: AbortSignal): Promise<void>;
}

const MAX_FILE_SIZE = 256 * 1024 * 1024;
const CONNECT_TIMEOUT_S = 20;
const TRANSFER_TIMEOUT_S = 900;

const curlSchemes = ["ftp:", "ftps:", "sftp:"];

export interface TransferOptions {
  /** The program that speaks FTP. */
  readonly curl?: string;
  /** Octets; more is not taken into memory. */
  readonly maxSize?: number;
}

export function nodeFileTransfer(
  clock: Clock,
  { curl = "curl", maxSize = MAX_FILE_SIZE }: TransferOptions = {},
): FileTransfer {
  return {
    async download(url, signal) {
      const address = parseAddress(url);
      if (curlSchemes.includes(address.protocol)) {
        return runCurl(curl, ["--url", address.href], { signal, maxSize });
      }
      return timed(clock, signal, (limit) => fetchFile(address, limit, maxSize));
    },
    async upload(url, name, content, signal) {
      const address = parseAddress(url);
      if (address.pathname.endsWith("/") || address.pathname === "") {
        address.pathname = `${address.pathname || "/"}${encodeURIComponent(name)}`;
      }
      if (curlSchemes.includes(address.protocol)) {
        await runCurl(curl, ["--upload-file", "-", "--url", address.href], { signal, maxSize, input: content });
      } else await timed(clock, signal, (limit) => putFile(address, content, limit));
    },
  };
}

function parseAddress(url: string): URL {
  if (!URL.canParse(url)) throw new TransferError("the address is no URL");
  const address = new URL(url);
  if (!["http:", "https:", ...curlSchemes].includes(address.protocol)) {
    throw new TransferError(`${address.protocol.slice(0, -1)} is not spoken here`);
  }
  address.hash = "";
  return address;
}

/** Ends `act` when it takes too long. */
async function timed<T>(clock: Clock, signal: AbortSignal, act: (limit: AbortSignal) => Promise<T>): Promise<T> {
  const late = new AbortController();
  const timer = clock.setTimer(TRANSFER_TIMEOUT_S * 1000, () => late.abort());
  try {
    return await act(AbortSignal.any([signal, late.signal]));
  } catch (error) {
    if (error instanceof TransferError) throw error;
    if (late.signal.aborted) throw new TransferError(`it took longer than ${TRANSFER_TIMEOUT_S} s`);
    throw new TransferError(reason(error));
  } finally {
    timer.cancel();
  }
}

/** `fetch` hides why behind "fetch failed". */
function reason(error: unknown): string {
  const { cause, message } = error as Error;
  return cause instanceof Error ? cause.message : message;
}

/** `fetch` takes no user and password in an address. */
function request(address: URL): { target: URL; headers: Record<string, string> } {
  const target = new URL(address);
  [target.username, target.password] = ["", ""];
  const { username, password } = address;
  if (username === "") return { target, headers: {} };
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { target, headers: { Authorization: `Basic ${Buffer.from(credentials).toString("base64")}` } };
}

async function fetchFile(address: URL, signal: AbortSignal, maxSize: number): Promise<Uint8Array> {
  const { target, headers } = request(address);
  const response = await fetch(target, { headers, signal });
  if (!response.ok) throw new TransferError(`the server answers ${response.status}`);
  return bounded(response.body ?? [], maxSize);
}

async function putFile(address: URL, content: Uint8Array, signal: AbortSignal): Promise<void> {
  const { target, headers } = request(address);
  const response = await fetch(target, { method: "PUT", body: Buffer.from(content), headers, signal });
  await response.body?.cancel();
  if (!response.ok) throw new TransferError(`the server answers ${response.status}`);
}

type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

async function bounded(chunks: Chunks, maxSize: number): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > maxSize) throw new TransferError(`the file is larger than ${maxSize} octets`);
    all.push(chunk);
  }
  return Buffer.concat(all);
}

/** Of what curl complains about. */
const MAX_ERROR_SIZE = 64 * 1024;

const curlOptions = [
  ...["--silent", "--show-error", "--fail", "--globoff", "--ssl", "--proto", "=ftp,ftps,sftp"],
  ...["--connect-timeout", String(CONNECT_TIMEOUT_S), "--max-time", String(TRANSFER_TIMEOUT_S)],
];

async function runCurl(
  curl: string,
  options: readonly string[],
  { signal, maxSize, input }: { signal: AbortSignal; maxSize: number; input?: Uint8Array },
): Promise<Uint8Array> {
  const child = spawn(curl, [...curlOptions, ...options], { signal, stdio: ["pipe", "pipe", "pipe"] });
  // Who stops reading early has said why by then.
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  try {
    const [content, said, [code]] = await Promise.all([
      bounded(child.stdout, maxSize),
      text(child.stderr),
      once(child, "close"),
    ]);
    if (code !== 0) throw new TransferError(said.trim() || `curl ended with ${code}`);
    return content;
  } catch (error) {
    child.kill();
    if (error instanceof TransferError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new TransferError(code === "ENOENT" ? "curl, which speaks FTP, is not installed" : message);
  }
}

async function text(stream: Readable): Promise<string> {
  return new TextDecoder().decode(await bounded(stream, MAX_ERROR_SIZE));
}
