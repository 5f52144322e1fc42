/** Certificate extensions (RFC 5280, 4.2), read. */
import { toHex } from "../util/bytes.ts";
import { type DerNode, derChildren, derTag, readDer } from "./der.ts";
import { latin1, oidText, smallNumber } from "./derValues.ts";
import { X509Error } from "./errors.ts";
import { type DistinguishedName, readName } from "./name.ts";
import { extensionOids, keyPurposeNames } from "./oids.ts";
import { childrenOf, fieldsOf } from "./shape.ts";

export type KeyUsageName =
  | "digitalSignature"
  | "nonRepudiation"
  | "keyEncipherment"
  | "dataEncipherment"
  | "keyAgreement"
  | "keyCertSign"
  | "cRLSign"
  | "encipherOnly"
  | "decipherOnly";

/** In the order of their bits. */
export const keyUsageNames: readonly KeyUsageName[] = [
  "digitalSignature",
  "nonRepudiation",
  "keyEncipherment",
  "dataEncipherment",
  "keyAgreement",
  "keyCertSign",
  "cRLSign",
  "encipherOnly",
  "decipherOnly",
];

/** A general name (RFC 5280, 4.2.1.6); `other` for the kinds that nobody here looks into. */
export type AltName =
  | { readonly type: "dns" | "email" | "uri"; readonly value: string }
  /** 4 or 16 octets; in a name constraint twice that, with the mask behind. */
  | { readonly type: "ip"; readonly value: Uint8Array }
  | { readonly type: "directory"; readonly value: DistinguishedName }
  | { readonly type: "other"; readonly value: number };

export interface RawExtension {
  readonly oid: string;
  readonly critical: boolean;
  readonly value: Uint8Array;
}

/** What the known extensions say. Absent members were absent extensions. */
export interface ExtensionValues {
  readonly basicConstraints?: { readonly critical: boolean; readonly ca: boolean; readonly pathLength?: number };
  readonly keyUsage?: ReadonlySet<KeyUsageName>;
  /** Names of known purposes, else dotted OIDs. */
  readonly extendedKeyUsage?: readonly string[];
  readonly subjectKeyId?: string;
  readonly authorityKeyId?: string;
  readonly subjectAltNames?: readonly AltName[];
  readonly nameConstraints?: { readonly permitted: readonly AltName[]; readonly excluded: readonly AltName[] };
  readonly aia?: { readonly ocsp?: string; readonly caIssuers?: string };
  readonly policies?: Policies;
}

/** Certificate policies, their mappings and their constraints, by OID. */
export interface Policies {
  readonly asserted?: readonly string[];
  /** Issuer's policy, and the subject's that stands for it. */
  readonly mappings?: readonly (readonly [string, string])[];
  /** After how many certificates more. */
  readonly requireExplicit?: number;
  readonly inhibitMapping?: number;
  readonly inhibitAny?: number;
}

const OCSP_METHOD = "1.3.6.1.5.5.7.48.1";
const CA_ISSUERS_METHOD = "1.3.6.1.5.5.7.48.2";

/** @param list the sequence of extensions. @throws X509Error on a repeated extension. */
export function readRawExtensions(list: DerNode | undefined): Map<string, RawExtension> {
  const raw = new Map<string, RawExtension>();
  for (const extension of list ? childrenOf(list, /^(30)?( 30)*$/, "the list of extensions") : []) {
    const [id, ...fields] = childrenOf(extension, /^06( 01)? 04$/, "an extension");
    const oid = id ? oidText(id) : "";
    if (raw.has(oid)) throw new X509Error(`the extension ${oid} is there twice`);
    const critical = fields.length === 2 && fields[0]?.content[0] !== 0;
    raw.set(oid, { oid, critical, value: fields.at(-1)?.content ?? new Uint8Array() });
  }
  return raw;
}

type Reader<T> = (value: Uint8Array, critical: boolean) => T;

/** @throws X509Error when a known extension is not what it must be. */
export function readExtensionValues(raw: ReadonlyMap<string, RawExtension>): ExtensionValues {
  const read = <T>(name: keyof typeof extensionOids, reader: Reader<T>): T | undefined => {
    const found = raw.get(extensionOids[name]);
    return found && reader(found.value, found.critical);
  };
  const values = {
    basicConstraints: read("basicConstraints", readBasicConstraints),
    keyUsage: read("keyUsage", readKeyUsage),
    extendedKeyUsage: read("extKeyUsage", readExtendedKeyUsage),
    subjectKeyId: read("subjectKeyIdentifier", readSubjectKeyId),
    authorityKeyId: read("authorityKeyIdentifier", readAuthorityKeyId),
    subjectAltNames: read("subjectAltName", readSubjectAltNames),
    nameConstraints: read("nameConstraints", readNameConstraints),
    aia: read("authorityInfoAccess", readAuthorityInfoAccess),
    policies: readPolicies(read),
  };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function readPolicies(read: <T>(name: keyof typeof extensionOids, reader: Reader<T>) => T | undefined) {
  const policies = {
    asserted: read("certificatePolicies", readAssertedPolicies),
    mappings: read("policyMappings", readPolicyMappings),
    ...read("policyConstraints", readPolicyConstraints),
    inhibitAny: read("inhibitAnyPolicy", readInhibitAnyPolicy),
  };
  const present = Object.entries(policies).filter(([, value]) => value !== undefined);
  return present.length > 0 ? (Object.fromEntries(present) as Policies) : undefined;
}

function readAssertedPolicies(value: Uint8Array): readonly string[] {
  const list = fieldsOf(value, /^30( 30)*$/, "certificatePolicies");
  const policies = list.map((policy) => firstOid(childrenOf(policy, /^06( 30)?$/, "certificatePolicies")));
  if (new Set(policies).size !== policies.length) throw new X509Error("certificatePolicies names a policy twice");
  return policies;
}

function readPolicyMappings(value: Uint8Array): readonly (readonly [string, string])[] {
  return fieldsOf(value, /^30( 30)*$/, "policyMappings").map((mapping) => {
    const [issuerPolicy, ...subjectPolicy] = childrenOf(mapping, /^06 06$/, "policyMappings");
    return [firstOid(issuerPolicy ? [issuerPolicy] : []), firstOid(subjectPolicy)];
  });
}

function firstOid([oid]: readonly DerNode[]): string {
  return oid ? oidText(oid) : "";
}

const skipCerts = (node: DerNode) => smallNumber(node, "a policy constraint");

function readPolicyConstraints(value: Uint8Array): Pick<Policies, "requireExplicit" | "inhibitMapping"> {
  const constraints = fieldsOf(value, /^(80|80 81|81)$/, "policyConstraints");
  const requireExplicit = constraints.find(({ tag }) => tag === 0x80);
  const inhibitMapping = constraints.find(({ tag }) => tag === 0x81);
  return {
    ...(requireExplicit && { requireExplicit: skipCerts(requireExplicit) }),
    ...(inhibitMapping && { inhibitMapping: skipCerts(inhibitMapping) }),
  };
}

function readInhibitAnyPolicy(value: Uint8Array): number {
  return skipCerts(single(value, derTag.integer, "inhibitAnyPolicy"));
}

/** One element of this type that fills these octets. @throws X509Error */
function single(value: Uint8Array, tag: number, what: string): DerNode {
  const node = readDer(value);
  if (node.tag !== tag) throw new X509Error(`${what} is of another type`);
  return node;
}

function readBasicConstraints(value: Uint8Array, critical: boolean): NonNullable<ExtensionValues["basicConstraints"]> {
  const fields = fieldsOf(value, /^(01|01 02|02)?$/, "basicConstraints");
  const length = fields.find(({ tag }) => tag === derTag.integer);
  const ca = fields.some(({ tag, content }) => tag === derTag.boolean && content[0] !== 0);
  return { critical, ca, ...(length && { pathLength: smallNumber(length, "the path length of basicConstraints") }) };
}

function readKeyUsage(value: Uint8Array): ReadonlySet<KeyUsageName> {
  const [, ...octets] = single(value, derTag.bitString, "keyUsage").content;
  if (octets.every((octet) => octet === 0)) throw new X509Error("keyUsage names no use");
  return new Set(keyUsageNames.filter((_, bit) => ((octets[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0));
}

function readExtendedKeyUsage(value: Uint8Array): readonly string[] {
  const purposes = fieldsOf(value, /^06( 06)*$/, "extendedKeyUsage").map(oidText);
  return purposes.map((oid) => keyPurposeNames.get(oid) ?? oid);
}

function readSubjectKeyId(value: Uint8Array): string {
  return toHex(single(value, derTag.octetString, "subjectKeyIdentifier").content);
}

function readAuthorityKeyId(value: Uint8Array): string | undefined {
  const fields = fieldsOf(value, /^(80)?( ?a1)?( ?82)?$/, "authorityKeyIdentifier");
  const keyIdentifier = fields.find(({ tag }) => tag === 0x80);
  return keyIdentifier && toHex(keyIdentifier.content);
}

/** The kinds of general names by their tags (RFC 5280, 4.2.1.6). */
const GENERAL_NAMES = /^(a0|81|82|a3|a4|a5|86|87|88)( (a0|81|82|a3|a4|a5|86|87|88))*$/;

function readSubjectAltNames(value: Uint8Array): readonly AltName[] {
  return fieldsOf(value, GENERAL_NAMES, "subjectAltName").map((name) => readGeneralName(name, "name"));
}

function readNameConstraints(value: Uint8Array): NonNullable<ExtensionValues["nameConstraints"]> {
  const trees = fieldsOf(value, /^(a0|a0 a1|a1)$/, "nameConstraints");
  const bases = (wanted: number) => {
    const tree = trees.find(({ tag }) => tag === wanted);
    return tree ? childrenOf(tree, /^30( 30)*$/, "nameConstraints").map(readSubtree) : [];
  };
  return { permitted: bases(0xa0), excluded: bases(0xa1) };
}

function readSubtree(subtree: DerNode): AltName {
  const [base, ...bounds] = derChildren(subtree.content);
  if (!base || bounds.length > 0) throw new X509Error("nameConstraints: minimum or maximum is used");
  const [only] = childrenOf(subtree, GENERAL_NAMES, "nameConstraints");
  return readGeneralName(only ?? base, "constraint");
}

function readAuthorityInfoAccess(value: Uint8Array): NonNullable<ExtensionValues["aia"]> {
  const entries = fieldsOf(value, /^30( 30)*$/, "authorityInfoAccess").map((entry) =>
    childrenOf(entry, /^06 ..$/, "authorityInfoAccess"),
  );
  const url = (method: string) => {
    const found = entries.find(([id, location]) => id && oidText(id) === method && location?.tag === URI);
    return found?.[1] && ascii(found[1].content);
  };
  const ocsp = url(OCSP_METHOD);
  const caIssuers = url(CA_ISSUERS_METHOD);
  return { ...(ocsp !== undefined && { ocsp }), ...(caIssuers !== undefined && { caIssuers }) };
}

/** The tag of a URI among general names. */
const URI = 0x86;

function readGeneralName({ tag, content }: DerNode, use: "name" | "constraint"): AltName {
  switch (tag & 0x1f) {
    case 1:
      return { type: "email", value: ascii(content) };
    case 2:
      return { type: "dns", value: ascii(content) };
    case 4:
      return { type: "directory", value: readName(single(content, derTag.sequence, "a directory name")) };
    case 6:
      return { type: "uri", value: ascii(content) };
    case 7:
      return { type: "ip", value: address(content, use) };
    default:
      return { type: "other", value: tag & 0x1f };
  }
}

function address(content: Uint8Array, use: "name" | "constraint"): Uint8Array {
  const length = use === "name" ? content.length : content.length / 2;
  if (length !== 4 && length !== 16) throw new X509Error("an IP address of neither 4 nor 16 octets");
  return content;
}

function ascii(content: Uint8Array): string {
  if (content.some((octet) => octet >= 0x80)) throw new X509Error("a general name with other than ASCII characters");
  return latin1(content);
}
