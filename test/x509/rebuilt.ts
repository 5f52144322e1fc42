/** Certificates that no schema would write: the parts of a regular one, some replaced by any octets, signed anew. */
import { type KeyObject, sign } from "node:crypto";
import { derChildren, readDer, writeDer } from "../../src/x509/der.ts";
import type { Certificate } from "../../src/x509/index.ts";

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const OID = 0x06;

export const der = (tag: number, ...content: readonly Uint8Array[]) => writeDer(tag, ...content);
export const sequence = (...content: readonly Uint8Array[]) => writeDer(SEQUENCE, ...content);
export const octets = (...numbers: readonly number[]) => Uint8Array.from(numbers);
export const text = (tag: number, value: string) => writeDer(tag, Buffer.from(value, "latin1"));
export const integer = (...content: readonly number[]) => writeDer(INTEGER, octets(...content));
export const bits = (unused: number, ...content: readonly number[]) => writeDer(BIT_STRING, octets(unused, ...content));
export const join = (...parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

export function oid(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const base128 = (value: number): number[] => {
    const digits = [value & 0x7f];
    for (let left = Math.floor(value / 128); left > 0; left = Math.floor(left / 128))
      digits.unshift((left & 0x7f) | 0x80);
    return digits;
  };
  return writeDer(OID, octets(...[first * 40 + second, ...rest].flatMap(base128)));
}

export const TRUE = octets(0x01, 0x01, 0xff);
/** @param critical absent, as DER wants it for FALSE, or any octets. */
export function extension(id: string, value: Uint8Array, critical: Uint8Array = octets()): Uint8Array {
  return sequence(oid(id), critical, writeDer(OCTET_STRING, value));
}

/** An attribute in a set of its own. */
export const attribute = (id: string, value: Uint8Array) => writeDer(0x31, sequence(oid(id), value));
export const CN = "2.5.4.3";
export const DC = "0.9.2342.19200300.100.1.25";

/** The parts of TBSCertificate, whole elements each; `extensions` are those inside the list. */
export interface Parts {
  readonly version: Uint8Array;
  readonly serial: Uint8Array;
  readonly algorithm: Uint8Array;
  readonly issuer: Uint8Array;
  readonly validity: Uint8Array;
  readonly subject: Uint8Array;
  readonly spki: Uint8Array;
  readonly extensions: readonly Uint8Array[] | "none";
  /** Behind the extensions, inside the signed part. */
  readonly behind: Uint8Array;
}

export interface Changes extends Partial<Parts> {
  /** Adds to the extensions there are. */
  readonly more?: readonly Uint8Array[];
  /** The outer algorithm, else the inner one. */
  readonly outer?: Uint8Array;
  /** The whole BIT STRING of the signature. */
  readonly signature?: (signature: Uint8Array) => Uint8Array;
  /** Changes the finished octets. */
  readonly wrap?: (certificate: Uint8Array) => Uint8Array;
}

function partsOf({ tbs }: Certificate): Parts {
  const fields = derChildren(readDer(tbs).content).map(({ raw }) => raw);
  const [version, serial, algorithm, issuer, validity, subject, spki, list] = fields as [Uint8Array, ...Uint8Array[]];
  if (!serial || !algorithm || !issuer || !validity || !subject || !spki) throw new TypeError("no version 3");
  const extensions = list ? derChildren(derChildren(readDer(list).content)[0]?.content ?? octets()) : [];
  return {
    ...{ version, serial, algorithm, issuer, validity, subject, spki },
    extensions: extensions.map(({ raw }) => raw),
    behind: octets(),
  };
}

/** @param key signs by ECDSA with SHA-256, whatever the algorithm's name, unless it is of another kind. */
export function rebuild(base: Certificate, key: KeyObject, changes: Changes = {}): Uint8Array {
  const parts = { ...partsOf(base), ...changes };
  const { version, serial, algorithm, issuer, validity, subject, spki, behind } = parts;
  const list = parts.extensions === "none" ? [] : [...parts.extensions, ...(changes.more ?? [])];
  const extensions = parts.extensions === "none" ? octets() : writeDer(0xa3, sequence(...list));
  const tbs = sequence(version, serial, algorithm, issuer, validity, subject, spki, extensions, behind);
  const signed = new Uint8Array(sign(key.asymmetricKeyType === "ed448" ? null : "sha256", tbs, key));
  const signature = changes.signature?.(signed) ?? bits(0, ...signed);
  const certificate = sequence(tbs, changes.outer ?? algorithm, signature);
  return changes.wrap?.(certificate) ?? certificate;
}
