/**
 * How a contract's private key travels to the car (ISO 15118-2, 7.9.2.5): ECDH on P-256 between a key made for this one
 * message and the key that the car has already, the concatenation KDF of NIST SP 800-56A with SHA-256, and AES-128-CBC.
 */
import {
  createCipheriv,
  createDecipheriv,
  createECDH,
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  type KeyObject,
} from "node:crypto";
import { concatBytes } from "../util/bytes.ts";
import { InternalError } from "../util/errors.ts";

/** The one group and cipher of ISO 15118-2. */
const CURVE = "prime256v1";
const CIPHER = "aes-128-cbc";
const SCALAR_LENGTH = 32;
const IV_LENGTH = 16;
const CIPHER_KEY_LENGTH = 16;
/** An uncompressed point: 04, x, y. */
export const DH_PUBLIC_KEY_LENGTH = 65;
/** Initialisation vector and scalar. */
export const ENCRYPTED_KEY_LENGTH = IV_LENGTH + SCALAR_LENGTH;

/** AlgorithmID 1, PartyUInfo "U", PartyVInfo "V". */
const OTHER_INFO = Uint8Array.of(0x01, 0x55, 0x56);
const FIRST_ROUND = Uint8Array.of(0, 0, 0, 1);

/** What is sent instead of the key itself. */
export interface SealedKey {
  /** 65 octets. */
  readonly DHpublickey: Uint8Array;
  /** 48 octets: initialisation vector, then the encrypted scalar. */
  readonly encryptedPrivateKey: Uint8Array;
}

export interface KeyToSeal {
  /** The contract's private key. */
  readonly key: KeyObject;
  /** Public key of the car: of its provisioning certificate, or of the contract that is renewed. */
  readonly recipient: KeyObject;
  /** A private key that serves for this message alone. */
  readonly ephemeral: KeyObject;
  /** 16 octets from a CSPRNG. */
  readonly iv: Uint8Array;
}

/** Encrypts a contract's key for a car. All keys must be on P-256. @throws InternalError for another key. */
export function sealContractKey({ key, recipient, ephemeral, iv }: KeyToSeal): SealedKey {
  if (![key, recipient, ephemeral].every(isP256)) throw new InternalError("a contract's key travels by P-256 only");
  const cipher = createCipheriv(CIPHER, sharedKey(ephemeral, recipient), iv).setAutoPadding(false);
  const encrypted = concatBytes(iv, cipher.update(scalarOf(key)), cipher.final());
  return { DHpublickey: pointOf(ephemeral), encryptedPrivateKey: encrypted };
}

export type OpenedKey =
  | { readonly ok: true; readonly key: KeyObject }
  /** `reason` is a clause that begins in lower case. */
  | { readonly ok: false; readonly reason: string };

/** Decrypts what {@link sealContractKey} has made; never throws for what a peer sent. @param own the car's private key. */
export function openContractKey({ DHpublickey, encryptedPrivateKey }: SealedKey, own: KeyObject): OpenedKey {
  if (!isP256(own)) return { ok: false, reason: "the car's own key is not on P-256" };
  if (encryptedPrivateKey.length !== ENCRYPTED_KEY_LENGTH)
    return wrongLength("ContractSignatureEncryptedPrivateKey", encryptedPrivateKey, ENCRYPTED_KEY_LENGTH);
  const sender = publicKeyOf(DHpublickey);
  if (!sender) return { ok: false, reason: "DHpublickey is no uncompressed point of P-256" };
  const iv = encryptedPrivateKey.subarray(0, IV_LENGTH);
  const decipher = createDecipheriv(CIPHER, sharedKey(own, sender), iv).setAutoPadding(false);
  const scalar = concatBytes(decipher.update(encryptedPrivateKey.subarray(IV_LENGTH)), decipher.final());
  const key = privateKeyOf(scalar);
  return key ? { ok: true, key } : { ok: false, reason: "what was decrypted is no private key of P-256" };
}

function wrongLength(what: string, { length }: Uint8Array, expected: number): OpenedKey {
  return { ok: false, reason: `${what} has ${length} octets instead of ${expected}` };
}

/** SHA-256 gives more than AES-128 needs, so one round of the KDF is enough. */
function sharedKey(privateKey: KeyObject, publicKey: KeyObject): Uint8Array {
  const secret = diffieHellman({ privateKey, publicKey });
  const hash = createHash("sha256").update(FIRST_ROUND).update(secret).update(OTHER_INFO).digest();
  return hash.subarray(0, CIPHER_KEY_LENGTH);
}

function isP256({ asymmetricKeyDetails }: KeyObject): boolean {
  return asymmetricKeyDetails?.namedCurve === CURVE;
}

interface Coordinates {
  readonly x?: string;
  readonly y?: string;
  readonly d?: string;
}

function coordinatesOf(key: KeyObject): Coordinates {
  return key.export({ format: "jwk" });
}

/** Big-endian, always 32 octets. */
function scalarOf(key: KeyObject): Uint8Array {
  const { d } = coordinatesOf(key);
  if (d === undefined) throw new InternalError("a private key is needed to be sealed");
  return new Uint8Array(Buffer.from(d, "base64url"));
}

function pointOf(key: KeyObject): Uint8Array {
  const { x = "", y = "" } = coordinatesOf(key);
  return concatBytes(Uint8Array.of(4), Buffer.from(x, "base64url"), Buffer.from(y, "base64url"));
}

/** Undefined when it is not on the curve: a secret shared with such a point would give our own key away. */
function publicKeyOf(point: Uint8Array): KeyObject | undefined {
  if (point.length !== DH_PUBLIC_KEY_LENGTH || point[0] !== 4) return undefined;
  try {
    return createPublicKey({ key: { kty: "EC", crv: "P-256", ...jwkPoint(point) }, format: "jwk" });
  } catch {
    return undefined;
  }
}

/** Undefined for zero and for what is not below the order of the group. */
function privateKeyOf(scalar: Uint8Array): KeyObject | undefined {
  const curve = createECDH(CURVE);
  try {
    curve.setPrivateKey(scalar);
    const d = Buffer.from(scalar).toString("base64url");
    return createPrivateKey({
      key: { kty: "EC", crv: "P-256", d, ...jwkPoint(curve.getPublicKey()) },
      format: "jwk",
    });
  } catch {
    return undefined;
  }
}

function jwkPoint(point: Uint8Array): { readonly x: string; readonly y: string } {
  const octets = Buffer.from(point);
  return { x: octets.subarray(1, 33).toString("base64url"), y: octets.subarray(33).toString("base64url") };
}
