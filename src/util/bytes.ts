/** Bytes are `Uint8Array` everywhere; these are the conversions. */
import { timingSafeEqual } from "node:crypto";
import { PeerError } from "./errors.ts";

/** Text that should have been hexadecimal or base64 and is not. */
export class BytesError extends PeerError {}

/** Lower-case hexadecimal. */
export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}

/** Reads hexadecimal of either case. @throws BytesError on an odd count or another character. */
export function fromHex(text: string): Uint8Array {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) throw new BytesError("not hexadecimal");
  return new Uint8Array(Buffer.from(text, "hex"));
}

/** Standard base64 with padding, without white space. */
export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}

/** Reads standard base64; white space is skipped, padding is required. @throws BytesError on anything else. */
export function fromBase64(text: string): Uint8Array {
  const compact = text.replace(/\s+/g, "");
  if (compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) throw new BytesError("not base64");
  return new Uint8Array(Buffer.from(compact, "base64"));
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** Equality whose time does not depend on where two inputs of one length differ. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
