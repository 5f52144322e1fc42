/** PEM (RFC 7468): labelled base64. */
import { fromBase64, toBase64 } from "../util/bytes.ts";
import { PeerError } from "../util/errors.ts";
import { X509Error } from "./errors.ts";

export interface PemBlock {
  /** For example `CERTIFICATE`, `EC PRIVATE KEY`. */
  readonly label: string;
  readonly der: Uint8Array;
}

/** A text with more than this is not read: a chain of the largest certificates is far below. */
const MAX_TEXT = 4 * 1024 * 1024;

const block = /-----BEGIN ([A-Z0-9 ]{1,40})-----([^-]*)-----END ([A-Z0-9 ]{1,40})-----/g;

/** All blocks in a text, in order; text around them is skipped. @throws X509Error when a block is broken. */
export function parsePem(text: string): PemBlock[] {
  if (text.length > MAX_TEXT) throw new X509Error("PEM: the text is too long");
  const begins = text.split("-----BEGIN ").length - 1;
  const blocks = [...text.matchAll(block)].map(([, label = "", body = "", end = ""]) => {
    if (label !== end) throw new X509Error(`PEM: BEGIN ${label} ends with END ${end}`);
    return { label, der: decodeBody(label, body) };
  });
  if (blocks.length !== begins) throw new X509Error("PEM: a block is not closed");
  return blocks;
}

function decodeBody(label: string, body: string): Uint8Array {
  try {
    return fromBase64(body);
  } catch (error) {
    if (!(error instanceof PeerError)) throw error;
    throw new X509Error(`PEM: the block ${label} is not base64`);
  }
}

/** One block with lines of 64 characters and a newline at the end. */
export function toPemBlock(label: string, der: Uint8Array): string {
  const lines = toBase64(der).match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
