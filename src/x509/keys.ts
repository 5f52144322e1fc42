/** Keys: made, read, written and told apart; all by `node:crypto`. */
import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { X509Error } from "./errors.ts";

/** Kinds of key that can be made here. */
export type KeyKind = "P-256" | "P-384" | "P-521" | "Ed25519" | "Ed448" | "RSA-2048" | "RSA-3072" | "RSA-4096";

export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const curveNames: Readonly<Record<string, string>> = { prime256v1: "P-256", secp384r1: "P-384", secp521r1: "P-521" };

const generate = promisify(generateKeyPair);

/** Makes a key with the system's CSPRNG. */
export function generateKey(kind: KeyKind): Promise<KeyPair> {
  switch (kind) {
    case "Ed25519":
      return generate("ed25519", undefined);
    case "Ed448":
      return generate("ed448", undefined);
    case "P-256":
    case "P-384":
    case "P-521":
      return generate("ec", { namedCurve: kind });
    default:
      return generate("rsa", { modulusLength: Number(kind.slice(4)) });
  }
}

/** `P-256`, `Ed448`, `RSA-2048`, … or OpenSSL's name for other curves and kinds (`secp256k1`, `dsa`). Only for keys of our own: see publicKeyInfo.ts. */
export function keyKind(key: KeyObject): KeyKind | (string & {}) {
  const { asymmetricKeyType: type = "unknown", asymmetricKeyDetails: details } = key;
  if (type === "ec")
    return curveNames[details?.namedCurve ?? ""] ?? details?.namedCurve ?? "EC with explicit parameters";
  if (type === "ed25519") return "Ed25519";
  if (type === "ed448") return "Ed448";
  if (type === "rsa" || type === "rsa-pss") return `RSA-${details?.modulusLength}`;
  return type;
}

/**
 * Reads a private key: PKCS#8, SEC1 or PKCS#1, in PEM (also encrypted, PKCS#8 or the traditional way) or DER.
 * @throws X509Error with the reason: no key in it, password missing or wrong.
 */
export function loadPrivateKey(text: string | Uint8Array, password?: string): KeyObject {
  const pem = typeof text === "string" ? text : Buffer.from(text).toString("latin1");
  const passphrase = password ? { passphrase: password } : {};
  try {
    if (pem.includes("-----BEGIN ")) return createPrivateKey({ key: keyBlock(pem), ...passphrase });
    return loadDer(Buffer.from(text as Uint8Array), passphrase);
  } catch (error) {
    if (error instanceof X509Error) throw error;
    throw new X509Error(keyFault(pem, password));
  }
}

/** A key file may hold `EC PARAMETERS` or certificates before its key. */
function keyBlock(pem: string): string {
  const found = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/.exec(pem);
  if (!found) throw new X509Error("there is no private key in it");
  return found[0];
}

function loadDer(der: Buffer, passphrase: { passphrase?: string }): KeyObject {
  for (const type of ["pkcs8", "sec1", "pkcs1"] as const) {
    try {
      return createPrivateKey({ key: der, format: "der", type, ...passphrase });
    } catch (error) {
      if (type === "pkcs1") throw error;
    }
  }
  throw new X509Error("there is no private key in it");
}

function keyFault(pem: string, password: string | undefined): string {
  if (!pem.includes("ENCRYPTED")) return "there is no private key in it that can be read";
  return password ? "the password does not open the key" : "the key is encrypted and there is no password for it";
}

/** Reads a SubjectPublicKeyInfo, for which a stranger's is looked at first by {@link readPublicKeyInfo}. @throws X509Error when the kind is unknown or the point is not on its curve. */
export function loadPublicKey(spki: Uint8Array): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" });
  } catch {
    throw new X509Error("the public key cannot be read");
  }
}

/**
 * Writes a private key as PEM. `traditional` is SEC1 or PKCS#1, encrypted as OpenSSL does by AES-128-CBC with
 * `Proc-Type: 4,ENCRYPTED`, which is what EVerest's files are; Ed25519 and Ed448 exist as PKCS#8 only.
 */
export function exportPrivateKey(key: KeyObject, form: "pkcs8" | "traditional", password?: string): string {
  const cipher = password ? { cipher: "aes-128-cbc", passphrase: password } : {};
  const type = key.asymmetricKeyType === "ec" ? "sec1" : key.asymmetricKeyType === "rsa" ? "pkcs1" : "pkcs8";
  return key.export({ format: "pem", type: form === "traditional" ? type : "pkcs8", ...cipher }).toString();
}

/** SubjectPublicKeyInfo of a public or private key. */
export function publicKeyDer(key: KeyObject): Uint8Array {
  return new Uint8Array(publicPart(key).export({ format: "der", type: "spki" }));
}

function publicPart(key: KeyObject): KeyObject {
  return key.type === "private" ? createPublicKey(key) : key;
}

/** Whether two keys, private or public, are of one pair. */
export function samePublicKey(a: KeyObject, b: KeyObject): boolean {
  return publicPart(a).equals(publicPart(b));
}
