/**
 * The first message of a TLS client (RFC 5246, 7.4.1.2), as far as it says which certificate the client wants to see.
 * Node offers none of it; so it is read here, and OpenSSL reads it again.
 */
import { PeerError } from "../util/errors.ts";

/** How a client names an authority that it trusts (RFC 6066, 6). Values are raw: a SHA-1, or the DER of a name. */
export type TrustedAuthority =
  | { readonly kind: "pre_agreed" }
  | { readonly kind: "key_sha1_hash" | "x509_name" | "cert_sha1_hash"; readonly value: Uint8Array };

export interface ClientHello {
  /** Those of `supported_versions`, else the one of TLS 1.2 and before: 0x0303 is TLS 1.2, 0x0304 TLS 1.3. */
  readonly versions: readonly number[];
  /** `trusted_ca_keys`; absent when not sent or not readable, which no server minds. */
  readonly trustedAuthorities?: readonly TrustedAuthority[];
  /** `certificate_authorities` (RFC 8446, 4.2.4): DER of names. */
  readonly certificateAuthorities?: readonly Uint8Array[];
  /** Whether an OCSP response is wanted (RFC 6066, 8). */
  readonly statusRequest: boolean;
}

/** Octets that are no client hello. */
export class ClientHelloError extends PeerError {}

const extension = {
  trusted_ca_keys: 3,
  status_request: 5,
  supported_versions: 43,
  certificate_authorities: 47,
} as const;
const STATUS_TYPE_OCSP = 1;
const SHA1_SIZE = 20;
const RANDOM_SIZE = 32;
const MAX_SESSION_ID = 32;

/** @param body the handshake message without its four octets of header. @throws ClientHelloError */
export function parseClientHello(body: Uint8Array): ClientHello {
  const hello = new Cursor(body);
  const legacyVersion = hello.number(2);
  hello.take(RANDOM_SIZE);
  if (hello.vector(1).length > MAX_SESSION_ID) throw new ClientHelloError("a session id of more than 32 octets");
  const suites = hello.vector(2);
  if (suites.length === 0 || suites.length % 2 !== 0) throw new ClientHelloError("cipher suites of half a number");
  if (hello.vector(1).length === 0) throw new ClientHelloError("no compression method");
  const extensions = hello.isAtEnd ? new Map<number, Uint8Array>() : readExtensions(hello.vector(2));
  if (!hello.isAtEnd) throw new ClientHelloError("octets behind the extensions");
  return interpret(legacyVersion, extensions);
}

function readExtensions(block: Uint8Array): Map<number, Uint8Array> {
  const extensions = new Map<number, Uint8Array>();
  for (const rest = new Cursor(block); !rest.isAtEnd; ) {
    const type = rest.number(2);
    if (extensions.has(type)) throw new ClientHelloError(`extension ${type} twice`);
    extensions.set(type, rest.vector(2));
  }
  return extensions;
}

function interpret(legacyVersion: number, extensions: ReadonlyMap<number, Uint8Array>): ClientHello {
  const versions = extensions.get(extension.supported_versions);
  const trusted = extensions.get(extension.trusted_ca_keys);
  const authorities = extensions.get(extension.certificate_authorities);
  const trustedAuthorities = trusted && optional(() => readTrustedAuthorities(trusted));
  const certificateAuthorities = authorities && optional(() => readNames(authorities));
  return {
    versions: versions ? readVersions(versions) : [legacyVersion],
    ...(trustedAuthorities && { trustedAuthorities }),
    ...(certificateAuthorities && { certificateAuthorities }),
    statusRequest: extensions.get(extension.status_request)?.[0] === STATUS_TYPE_OCSP,
  };
}

/** Extensions that only advise are passed over when they are broken, as OpenSSL does with those it does not know. */
function optional<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ClientHelloError) return undefined;
    throw error;
  }
}

function readVersions(data: Uint8Array): number[] {
  const versions: number[] = [];
  for (const rest = new Cursor(new Cursor(data).last(1)); !rest.isAtEnd; ) versions.push(rest.number(2));
  return versions;
}

function readNames(data: Uint8Array): Uint8Array[] {
  const names: Uint8Array[] = [];
  for (const rest = new Cursor(new Cursor(data).last(2)); !rest.isAtEnd; ) names.push(rest.vector(2));
  return names;
}

/** An empty extension is what a client may send that wants nothing of it. */
function readTrustedAuthorities(data: Uint8Array): TrustedAuthority[] {
  if (data.length === 0) return [];
  // A car in the field leaves the length of the list out; the list that follows is the same.
  const authorities = optional(() => readAuthorities(new Cursor(data).last(2)));
  return authorities ?? readAuthorities(data);
}

function readAuthorities(list: Uint8Array): TrustedAuthority[] {
  const authorities: TrustedAuthority[] = [];
  for (const rest = new Cursor(list); !rest.isAtEnd; ) authorities.push(readAuthority(rest));
  return authorities;
}

function readAuthority(rest: Cursor): TrustedAuthority {
  const type = rest.number(1);
  switch (type) {
    case 0:
      return { kind: "pre_agreed" };
    case 1:
      return { kind: "key_sha1_hash", value: rest.take(SHA1_SIZE) };
    case 2:
      return { kind: "x509_name", value: rest.vector(2) };
    case 3:
      return { kind: "cert_sha1_hash", value: rest.take(SHA1_SIZE) };
    default:
      throw new ClientHelloError(`a trusted authority of unknown kind ${type}`);
  }
}

/** Reads on from where it stands, never over the end. What it gives are views. */
class Cursor {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  take(count: number): Uint8Array {
    if (count > this.#bytes.length - this.#at) throw new ClientHelloError("cut off");
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  /** An unsigned number of so many octets. */
  number(size: number): number {
    return this.take(size).reduce((number, octet) => number * 256 + octet, 0);
  }

  /** What stands behind its own length. */
  vector(sizeOfLength: number): Uint8Array {
    return this.take(this.number(sizeOfLength));
  }

  /** A vector that must be all there is. */
  last(sizeOfLength: number): Uint8Array {
    const vector = this.vector(sizeOfLength);
    if (!this.isAtEnd) throw new ClientHelloError("octets behind a list");
    return vector;
  }
}
