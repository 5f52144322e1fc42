/** HTTP basic authentication (RFC 7617) of the security profiles 1 and 2; a password may be any octets, as OCPP 1.6's are. */
import { fromBase64, toBase64 } from "../util/bytes.ts";

export interface Credentials {
  readonly user: string;
  readonly password: Uint8Array;
}

export function writeBasicAuth(user: string, password: Uint8Array | string): string {
  return `Basic ${toBase64(Buffer.concat([Buffer.from(`${user}:`), Buffer.from(password)]))}`;
}

/** Undefined when `header` is missing or is no basic authentication. */
export function readBasicAuth(header: string | undefined): Credentials | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/]+={0,2})$/i.exec(header ?? "")?.[1];
  if (encoded === undefined || encoded.length % 4 !== 0) return undefined;
  const bytes = fromBase64(encoded);
  const colon = bytes.indexOf(0x3a);
  if (colon < 0) return undefined;
  return { user: Buffer.from(bytes.subarray(0, colon)).toString("utf8"), password: bytes.subarray(colon + 1) };
}
