/**
 * SubjectPublicKeyInfo (RFC 5280, 4.1.2.7; RFC 5480; RFC 8410), looked at before OpenSSL and Node see it: Node ends the process
 * when it is asked about an EC key that is the point at infinity, and a key can be made to look like a standard one.
 */
import type { KeyObject } from "node:crypto";
import { toHex } from "../util/bytes.ts";
import { bitStringOctets, type DerNode, derChildren, derTag, readDer } from "./der.ts";
import { X509Error } from "./errors.ts";
import { loadPublicKey } from "./keys.ts";
import { hasShape } from "./shape.ts";

export interface PublicKeyInfo {
  readonly publicKey: KeyObject;
  /** As {@link keyKind} says, or why it is none of those: `EC with explicit parameters`, `RSA-2048 with exponent 1`, an OID in hexadecimal. */
  readonly keyKind: string;
  /** Content of the bit string. */
  readonly publicKeyBits: Uint8Array;
}

/** Names the kind. @throws X509Error when the key is not what its algorithm's document says. */
type Reader = (bits: Uint8Array, parameters: DerNode | undefined) => string;

/** By content octets of the algorithm's OID. */
const readers: Readonly<Record<string, Reader>> = {
  "2a8648ce3d0201": readEc,
  "2a864886f70d010101": readRsa,
  "2b6570": edwards("Ed25519", 32),
  "2b6571": edwards("Ed448", 57),
  "2b656e": edwards("X25519", 32),
  "2b656f": edwards("X448", 56),
  "2a864886f70d01010a": () => "RSA-PSS",
  "2a8648ce380401": () => "DSA",
};

/** By content octets of their OIDs: name and octets of a coordinate. */
const curves: Readonly<Record<string, readonly [string, number]>> = {
  "2a8648ce3d030107": ["P-256", 32],
  "2b81040022": ["P-384", 48],
  "2b81040023": ["P-521", 66],
  "2a8648ce3d030101": ["P-192", 24],
  "2b81040021": ["P-224", 28],
  "2b8104000a": ["secp256k1", 32],
  "2b2403030208010107": ["brainpoolP256r1", 32],
  "2b240303020801010b": ["brainpoolP384r1", 48],
  "2b240303020801010d": ["brainpoolP512r1", 64],
};

/** @throws X509Error when it is not well formed or OpenSSL cannot use it. */
export function readPublicKeyInfo(spki: Uint8Array): PublicKeyInfo {
  const info = readDer(spki);
  const [algorithm, key] = derChildren(info.content);
  if (!hasShape(info, /^30 03$/) || !hasShape(algorithm, /^06( ..)?$/)) throw new X509Error("this is no public key");
  const [oid, parameters] = derChildren(algorithm?.content ?? new Uint8Array());
  const publicKeyBits = bitStringOctets(key);
  const id = toHex(oid?.content ?? new Uint8Array());
  const keyKind = readers[id]?.(publicKeyBits, parameters) ?? `a key of OID ${id}`;
  return { publicKey: loadPublicKey(spki), keyKind, publicKeyBits };
}

const COMPRESSED = [0x02, 0x03];
const UNCOMPRESSED = 0x04;

/** RFC 5480, 2.1.1 and 2.2: a named curve, and a point in one of two forms, not both at once and not the one at infinity. */
function readEc(point: Uint8Array, parameters: DerNode | undefined): string {
  const [form = 0] = point;
  const isCompressed = COMPRESSED.includes(form);
  if (!isCompressed && form !== UNCOMPRESSED) throw new X509Error("the public key is no point that may be used");
  // They can be made to look like a named curve (CVE-2020-0601).
  if (parameters?.tag !== derTag.oid) return "EC with explicit parameters";
  const id = toHex(parameters.content);
  const [name, size] = curves[id] ?? [];
  if (name === undefined || size === undefined) return `EC on a curve of OID ${id}`;
  if (point.length !== 1 + (isCompressed ? size : 2 * size))
    throw new X509Error(`the public key is no point of ${name}`);
  return name;
}

/** RFC 8410, 3 and 4: no parameters, and all octets. */
function edwards(name: string, size: number): Reader {
  return (bits, parameters) => {
    if (parameters || bits.length !== size) throw new X509Error(`the public key is none of ${name}`);
    return name;
  };
}

/** RFC 8017, 3.1: a modulus that is odd, and an exponent that is odd and at least 3: with 1, everybody could sign. */
function readRsa(bits: Uint8Array): string {
  const key = readDer(bits);
  const [modulus, exponent] = derChildren(key.content);
  if (!hasShape(key, /^02 02$/) || !modulus || !exponent) throw new X509Error("the public key is none of RSA");
  const [n, e] = [positive(modulus), positive(exponent)];
  if (n === undefined || e === undefined)
    throw new X509Error("the public key is none of RSA: it has a negative number");
  const size = n.toString(2).length;
  if (n % 2n === 0n) return `RSA-${size} with an even modulus`;
  return e % 2n === 0n || e < 3n || e >= MAX_EXPONENT ? `RSA-${size} with exponent ${e}` : `RSA-${size}`;
}

/** Nobody has more than 17 bits; a long one makes a check as slow as signing, which OpenSSL forbids only for larger keys. */
const MAX_EXPONENT = 1n << 64n;

function positive({ content }: DerNode): bigint | undefined {
  return (content[0] ?? 0x80) >= 0x80 ? undefined : BigInt(`0x${toHex(content)}`);
}
