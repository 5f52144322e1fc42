/** Signatures over DER structures: which algorithm identifier means what, and what it may be used with. */
import { type KeyObject, sign, verify } from "node:crypto";
import { AlgorithmIdentifier } from "@peculiar/asn1-x509";
import { InternalError } from "../util/errors.ts";
import { toArrayBuffer } from "./asn1.ts";
import { type DerNode, derTag } from "./der.ts";
import { oidText } from "./derValues.ts";
import { childrenOf } from "./shape.ts";

export type Hash = "sha1" | "sha224" | "sha256" | "sha384" | "sha512" | "md5";

export interface SignatureAlgorithm {
  /** As `ecdsa-with-SHA256`; the dotted OID when it is none of ours. */
  readonly name: string;
  readonly keyType: "ec" | "rsa" | "ed25519" | "ed448" | "unknown";
  /** Absent for Ed25519 and Ed448, which bring their own. */
  readonly hash?: Hash;
  /** The octets of the AlgorithmIdentifier. */
  readonly der: Uint8Array;
}

const algorithms = new Map<string, Omit<SignatureAlgorithm, "der">>([
  ["1.2.840.10045.4.1", { name: "ecdsa-with-SHA1", keyType: "ec", hash: "sha1" }],
  ["1.2.840.10045.4.3.1", { name: "ecdsa-with-SHA224", keyType: "ec", hash: "sha224" }],
  ["1.2.840.10045.4.3.2", { name: "ecdsa-with-SHA256", keyType: "ec", hash: "sha256" }],
  ["1.2.840.10045.4.3.3", { name: "ecdsa-with-SHA384", keyType: "ec", hash: "sha384" }],
  ["1.2.840.10045.4.3.4", { name: "ecdsa-with-SHA512", keyType: "ec", hash: "sha512" }],
  ["1.2.840.113549.1.1.4", { name: "md5WithRSAEncryption", keyType: "rsa", hash: "md5" }],
  ["1.2.840.113549.1.1.5", { name: "sha1WithRSAEncryption", keyType: "rsa", hash: "sha1" }],
  ["1.2.840.113549.1.1.11", { name: "sha256WithRSAEncryption", keyType: "rsa", hash: "sha256" }],
  ["1.2.840.113549.1.1.12", { name: "sha384WithRSAEncryption", keyType: "rsa", hash: "sha384" }],
  ["1.2.840.113549.1.1.13", { name: "sha512WithRSAEncryption", keyType: "rsa", hash: "sha512" }],
  ["1.3.101.112", { name: "Ed25519", keyType: "ed25519" }],
  ["1.3.101.113", { name: "Ed448", keyType: "ed448" }],
]);

/**
 * Reads an AlgorithmIdentifier. Parameters must be as the algorithm's document says: absent for ECDSA (RFC 5758, 3.2)
 * and EdDSA (RFC 8410, 3), NULL or absent for RSA (RFC 4055, 5); any other make it an unknown algorithm.
 */
export function readSignatureAlgorithm(identifier: DerNode): SignatureAlgorithm {
  const [algorithm, ...parameters] = childrenOf(identifier, /^06( ..)?$/, "an algorithm");
  const oid = algorithm ? oidText(algorithm) : "";
  const known = algorithms.get(oid);
  const isNull = parameters[0]?.tag === derTag.null;
  const der = identifier.raw;
  if (known && (parameters.length === 0 || (known.keyType === "rsa" && isNull))) return { ...known, der };
  return { name: oid, keyType: "unknown", der };
}

/** False also when key and algorithm are not of one kind, or the algorithm is not known. */
export function verifySignature(
  algorithm: SignatureAlgorithm,
  key: KeyObject,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (algorithm.keyType !== key.asymmetricKeyType) return false;
  try {
    return verify(algorithm.hash ?? null, message, key, signature);
  } catch {
    return false;
  }
}

/** The hash that fits a key's strength: SHA-256 for P-256 and RSA, SHA-384 and SHA-512 for the larger curves. */
function hashFor(key: KeyObject): Hash {
  const curve = key.asymmetricKeyDetails?.namedCurve;
  return curve === "secp521r1" ? "sha512" : curve === "secp384r1" ? "sha384" : "sha256";
}

export interface Signed {
  readonly algorithm: AlgorithmIdentifier;
  /** Signs a message with the key and algorithm. */
  sign(message: Uint8Array): Uint8Array;
}

/**
 * A signer for a private key.
 * @param hash in place of the one that fits the key.
 * @throws InternalError for a key no algorithm of ours can use.
 */
export function createSigner(key: KeyObject, hash: Hash = hashFor(key)): Signed {
  const type = key.asymmetricKeyType;
  const usesHash = type === "ec" || type === "rsa";
  const found = [...algorithms].find(([, a]) => a.keyType === type && (!usesHash || a.hash === hash));
  if (!found) throw new InternalError(`no signature algorithm for a key of type ${type} and ${hash}`);
  const parameters = type === "rsa" ? new Uint8Array([0x05, 0x00]) : undefined;
  const algorithm = new AlgorithmIdentifier({
    algorithm: found[0],
    ...(parameters && { parameters: toArrayBuffer(parameters) }),
  });
  return { algorithm, sign: (message) => new Uint8Array(sign(usesHash ? hash : null, message, key)) };
}
