/** Distinguished names (RFC 5280, 4.1.2.4 and 7.1). */
import { AttributeTypeAndValue, AttributeValue, Name, RelativeDistinguishedName } from "@peculiar/asn1-x509";
import { InternalError } from "../util/errors.ts";
import { serializeDer } from "./asn1.ts";
import type { DerNode } from "./der.ts";
import { oidText, textOf } from "./derValues.ts";
import { type AttributeName, attributeNames, attributeOids } from "./oids.ts";
import { childrenOf } from "./shape.ts";

export interface NameAttribute {
  /** A short name as `CN`, or the dotted OID of an attribute without one. */
  readonly type: string;
  readonly value: string;
}

/** `CN`, `O`, `C`, `OU` and `DC` are the first value of their type; `all()` gives every one. */
export interface DistinguishedName {
  readonly CN?: string;
  readonly O?: string;
  readonly OU?: string;
  readonly C?: string;
  readonly DC?: string;
  /** Relative names in order; more than one attribute in a set is rare. */
  readonly rdns: readonly (readonly NameAttribute[])[];
  /** The very octets, as hashes need them. */
  readonly der: Uint8Array;
  /** Every value of a type, in order. */
  all(type: AttributeName): string[];
  /** For people: `CN=SECC 1, O=Acme, C=DE, DC=CPO` in the order of the encoding. */
  toString(): string;
}

/** What to put in a name, in this order; an array makes several attributes of one type. */
export type NameTemplate = Partial<Record<AttributeName, string | readonly string[]>>;

/** @throws X509Error when it is no name: an empty set, half a character, what stands behind an attribute. */
export function readName(name: DerNode): DistinguishedName {
  const rdns = childrenOf(name, /^(31)?( 31)*$/, "a name").map((rdn) =>
    childrenOf(rdn, /^30( 30)*$/, "a name").map(readAttribute),
  );
  const flat = rdns.flat();
  const all = (type: string) => flat.filter((attribute) => attribute.type === type).map(({ value }) => value);
  const first: { -readonly [K in "CN" | "O" | "OU" | "C" | "DC"]?: string } = {};
  for (const type of ["CN", "O", "OU", "C", "DC"] as const) {
    const [value] = all(type);
    if (value !== undefined) first[type] = value;
  }
  const text = () => flat.map(({ type, value }) => `${type}=${printable(value)}`).join(", ");
  return { ...first, rdns, der: name.raw, all, toString: text };
}

/** RFC 4514: the last relative name first, joined by commas, special characters escaped. */
export function rfc4514Name({ rdns }: DistinguishedName): string {
  const attribute = ({ type, value }: NameAttribute) =>
    `${type}=${/^#[0-9a-f]+$/.test(value) ? value : escaped(value)}`;
  return [...rdns]
    .reverse()
    .map((rdn) => rdn.map(attribute).join("+"))
    .join(",");
}

function escaped(value: string): string {
  return value.replace(/[\\"+,;<>]|^[ #]| $/g, (character) => `\\${character}`).replaceAll("\0", "\\00");
}

function readAttribute(attribute: DerNode): NameAttribute {
  const [type, value] = childrenOf(attribute, /^06 ..$/, "an attribute of a name");
  if (!type || !value) throw new InternalError("an attribute has its shape and not its parts");
  const oid = oidText(type);
  return { type: attributeNames.get(oid) ?? oid, value: textOf(value) };
}

/** Control characters out of a stranger's name must not reach a terminal or a log line. */
function printable(text: string): string {
  return [...text].map((c) => (c < " " || c === "\u007f" || (c >= "\u0080" && c < "\u00a0") ? "?" : c)).join("");
}

/** Octets of a name. C is a PrintableString, DC and emailAddress are IA5Strings, all others UTF8Strings. */
export function createName(template: NameTemplate): Uint8Array {
  const rdns = Object.entries(template).flatMap(([type, values]) =>
    [values].flat().map((value) => new RelativeDistinguishedName([createAttribute(type as AttributeName, value)])),
  );
  return serializeDer(new Name(rdns));
}

function createAttribute(type: AttributeName, text: string): AttributeTypeAndValue {
  const kind = type === "C" ? "printableString" : ["DC", "emailAddress"].includes(type) ? "ia5String" : "utf8String";
  return new AttributeTypeAndValue({ type: attributeOids[type], value: new AttributeValue({ [kind]: text }) });
}

/** RFC 5280, 7.1: case and runs of white space do not count, nor does the string type, nor the order inside a set. */
export function canonicalRdns(name: DistinguishedName): string[] {
  return name.rdns.map((rdn) =>
    rdn
      .map(({ type, value }) =>
        JSON.stringify([type, value.normalize("NFKC").toLowerCase().trim().replace(/\s+/g, " ")]),
      )
      .sort()
      .join(),
  );
}

export function sameName(a: DistinguishedName, b: DistinguishedName): boolean {
  if (Buffer.compare(a.der, b.der) === 0) return true;
  const left = canonicalRdns(a);
  const right = canonicalRdns(b);
  return left.length === right.length && left.every((rdn, i) => rdn === right[i]);
}
