/** Certificate extensions (RFC 5280, 4.2), read. */
import {
  AuthorityInfoAccessSyntax,
  AuthorityKeyIdentifier,
  BasicConstraints,
  CertificatePolicies,
  ExtendedKeyUsage,
  type Extension,
  InhibitAnyPolicy,
  KeyUsage,
  Name,
  NameConstraints,
  PolicyConstraints,
  PolicyMappings,
  SubjectAlternativeName,
  SubjectKeyIdentifier,
} from "@peculiar/asn1-x509";
import { toHex } from "../util/bytes.ts";
import { parseChecked, parseDer } from "./asn1.ts";
import { type DerNode, derChildren, readDer } from "./der.ts";
import { X509Error } from "./errors.ts";
import { type DistinguishedName, readName } from "./name.ts";
import { extensionOids, keyPurposeNames } from "./oids.ts";
import { requireShape, requireShapes } from "./shape.ts";

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

/** @throws X509Error on a repeated extension. */
export function readRawExtensions(extensions: Iterable<Extension>): Map<string, RawExtension> {
  const raw = new Map<string, RawExtension>();
  for (const { extnID: oid, critical, extnValue } of extensions) {
    if (raw.has(oid)) throw new X509Error(`the extension ${oid} is there twice`);
    raw.set(oid, { oid, critical, value: new Uint8Array(extnValue.buffer) });
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
  requireShapes(value, /^06( 30)?$/, "certificatePolicies");
  const policies = [...parseDer(value, CertificatePolicies, "certificatePolicies")].map((p) => p.policyIdentifier);
  if (new Set(policies).size !== policies.length) throw new X509Error("certificatePolicies names a policy twice");
  if (policies.length === 0) throw new X509Error("certificatePolicies names no policy");
  return policies;
}

function readPolicyMappings(value: Uint8Array): readonly (readonly [string, string])[] {
  requireShapes(value, /^06 06$/, "policyMappings");
  const mappings = [...parseDer(value, PolicyMappings, "policyMappings")];
  return mappings.map(({ issuerDomainPolicy, subjectDomainPolicy }) => [issuerDomainPolicy, subjectDomainPolicy]);
}

function readPolicyConstraints(value: Uint8Array): Pick<Policies, "requireExplicit" | "inhibitMapping"> {
  requireShape(value, /^(80|80 81|81)$/, "policyConstraints");
  const constraints = parseDer(value, PolicyConstraints, "policyConstraints");
  const { requireExplicitPolicy, inhibitPolicyMapping } = constraints;
  return {
    ...(requireExplicitPolicy && { requireExplicit: skipCerts(requireExplicitPolicy) }),
    ...(inhibitPolicyMapping && { inhibitMapping: skipCerts(inhibitPolicyMapping) }),
  };
}

function readInhibitAnyPolicy(value: Uint8Array): number {
  return skipCerts(parseDer(value, InhibitAnyPolicy, "inhibitAnyPolicy").value);
}

/** More than any path has is as good as more. */
function skipCerts(octets: ArrayBuffer): number {
  const bytes = new Uint8Array(octets);
  if ((bytes[0] ?? 0x80) >= 0x80) throw new X509Error("a policy constraint of less than nothing");
  return bytes.length > 2 ? 0xffff : Number.parseInt(toHex(bytes), 16);
}

function readBasicConstraints(value: Uint8Array, critical: boolean): NonNullable<ExtensionValues["basicConstraints"]> {
  requireShape(value, /^(01|01 02|02)?$/, "basicConstraints");
  const { cA, pathLenConstraint } = parseDer(value, BasicConstraints, "basicConstraints");
  if (pathLenConstraint === undefined) return { critical, ca: cA };
  if (pathLenConstraint < 0) throw new X509Error("basicConstraints: a negative path length");
  return { critical, ca: cA, pathLength: pathLenConstraint };
}

function readKeyUsage(value: Uint8Array): ReadonlySet<KeyUsageName> {
  parseDer(value, KeyUsage, "keyUsage");
  const [, ...octets] = readDer(value).content;
  if (octets.every((octet) => octet === 0)) throw new X509Error("keyUsage names no use");
  return new Set(keyUsageNames.filter((_, bit) => ((octets[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0));
}

function readExtendedKeyUsage(value: Uint8Array): readonly string[] {
  const purposes = [...parseDer(value, ExtendedKeyUsage, "extendedKeyUsage")];
  if (purposes.length === 0) throw new X509Error("extendedKeyUsage names no purpose");
  return purposes.map((oid) => keyPurposeNames.get(oid) ?? oid);
}

function readSubjectKeyId(value: Uint8Array): string {
  return toHex(new Uint8Array(parseDer(value, SubjectKeyIdentifier, "subjectKeyIdentifier").buffer));
}

function readAuthorityKeyId(value: Uint8Array): string | undefined {
  requireShape(value, /^(80)?( ?a1)?( ?82)?$/, "authorityKeyIdentifier");
  const { keyIdentifier } = parseDer(value, AuthorityKeyIdentifier, "authorityKeyIdentifier");
  return keyIdentifier && toHex(new Uint8Array(keyIdentifier.buffer));
}

function readSubjectAltNames(value: Uint8Array): readonly AltName[] {
  parseDer(value, SubjectAlternativeName, "subjectAltName");
  const names = derChildren(readDer(value).content);
  if (names.length === 0) throw new X509Error("subjectAltName names nothing");
  return names.map((name) => readGeneralName(name, "name"));
}

function readNameConstraints(value: Uint8Array): NonNullable<ExtensionValues["nameConstraints"]> {
  requireShape(value, /^(a0|a0 a1|a1)$/, "nameConstraints");
  parseDer(value, NameConstraints, "nameConstraints");
  const trees = derChildren(readDer(value).content);
  const bases = (tag: number) =>
    derChildren(trees.find((tree) => tree.tag === tag)?.content ?? new Uint8Array()).map(readSubtree);
  const result = { permitted: bases(0xa0), excluded: bases(0xa1) };
  if (result.permitted.length + result.excluded.length === 0) throw new X509Error("nameConstraints constrains nothing");
  return result;
}

function readSubtree({ content }: DerNode): AltName {
  const [base, ...bounds] = derChildren(content);
  if (!base || bounds.length > 0) throw new X509Error("nameConstraints: minimum or maximum is used");
  return readGeneralName(base, "constraint");
}

function readAuthorityInfoAccess(value: Uint8Array): NonNullable<ExtensionValues["aia"]> {
  requireShapes(value, /^06 ..$/, "authorityInfoAccess");
  const entries = [...parseDer(value, AuthorityInfoAccessSyntax, "authorityInfoAccess")];
  const url = (method: string) =>
    entries.find((entry) => entry.accessMethod === method && entry.accessLocation.uniformResourceIdentifier)
      ?.accessLocation.uniformResourceIdentifier;
  const ocsp = url(OCSP_METHOD);
  const caIssuers = url(CA_ISSUERS_METHOD);
  return { ...(ocsp !== undefined && { ocsp }), ...(caIssuers !== undefined && { caIssuers }) };
}

/** The kinds by their context tag (RFC 5280, 4.2.1.6), from the very octets: the schema's classes reformat them. */
function readGeneralName({ tag, content }: DerNode, use: "name" | "constraint"): AltName {
  switch (tag & 0x1f) {
    case 1:
      return { type: "email", value: ascii(content) };
    case 2:
      return { type: "dns", value: ascii(content) };
    case 4:
      return { type: "directory", value: readName(parseChecked(content, Name, "a directory name"), content) };
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
  return Buffer.from(content).toString("latin1");
}
