/** Certificate extensions (RFC 5280, 4.2), made. Each function gives one extension for a {@link CertificateTemplate}. */
import { createHash, type KeyObject } from "node:crypto";
import { OctetString } from "@peculiar/asn1-schema";
import {
  AccessDescription,
  AuthorityInfoAccessSyntax,
  AuthorityKeyIdentifier,
  BasicConstraints,
  ExtendedKeyUsage,
  GeneralName,
  KeyIdentifier,
  KeyUsage,
  SubjectKeyIdentifier,
} from "@peculiar/asn1-x509";
import { fromHex } from "../util/bytes.ts";
import { serializeDer, toArrayBuffer } from "./asn1.ts";
import { bitStringOctets, derChildren, derTag, readDer, writeDer } from "./der.ts";
import { type KeyUsageName, keyUsageNames, type RawExtension } from "./extensions.ts";
import { publicKeyDer } from "./keys.ts";
import { createName, type NameTemplate } from "./name.ts";
import { extensionOids, keyPurposeNames } from "./oids.ts";

type ExtensionName = keyof typeof extensionOids;

function extension(name: ExtensionName, critical: boolean, value: unknown): RawExtension {
  return { oid: extensionOids[name], critical, value: serializeDer(value) };
}

export function basicConstraints(ca: boolean, pathLength?: number, critical = true): RawExtension {
  const value = new BasicConstraints({ cA: ca, ...(pathLength !== undefined && { pathLenConstraint: pathLength }) });
  return extension("basicConstraints", critical, value);
}

export function keyUsage(names: readonly KeyUsageName[], critical = true): RawExtension {
  const flags = names.reduce((sum, name) => sum | (1 << keyUsageNames.indexOf(name)), 0);
  return extension("keyUsage", critical, new KeyUsage(flags));
}

/** @param purposes names of {@link keyPurposeOids}, or dotted OIDs. */
export function extendedKeyUsage(purposes: readonly string[], critical = false): RawExtension {
  const oids = purposes.map((purpose) => [...keyPurposeNames].find(([, name]) => name === purpose)?.[0] ?? purpose);
  return extension("extKeyUsage", critical, new ExtendedKeyUsage(oids));
}

/** RFC 5280, 4.2.1.2, method 1: SHA-1 of the key's bit string. */
export function keyIdentifier(key: KeyObject): Uint8Array {
  const [, bitString] = derChildren(readDer(publicKeyDer(key)).content);
  return new Uint8Array(createHash("sha1").update(bitStringOctets(bitString)).digest());
}

export function subjectKeyIdentifier(key: KeyObject, critical = false): RawExtension {
  return extension("subjectKeyIdentifier", critical, new SubjectKeyIdentifier(toArrayBuffer(keyIdentifier(key))));
}

/** In the short form of RFC 5280, 4.2.1.2, method 2: 8 octets, for certificates whose size is limited. */
export function shortSubjectKeyIdentifier(key: KeyObject): RawExtension {
  const short = keyIdentifier(key).slice(-8);
  short[0] = ((short[0] ?? 0) & 0x0f) | 0x40;
  return extension("subjectKeyIdentifier", false, new SubjectKeyIdentifier(toArrayBuffer(short)));
}

/** @param id the issuer's subject key identifier, hexadecimal. */
export function authorityKeyIdentifier(id: string, critical = false): RawExtension {
  const value = new AuthorityKeyIdentifier({ keyIdentifier: new KeyIdentifier(toArrayBuffer(fromHex(id))) });
  return extension("authorityKeyIdentifier", critical, value);
}

export function authorityInfoAccess(urls: { readonly ocsp?: string; readonly caIssuers?: string }): RawExtension {
  const methods = { ocsp: "1.3.6.1.5.5.7.48.1", caIssuers: "1.3.6.1.5.5.7.48.2" } as const;
  const entries = (["ocsp", "caIssuers"] as const).flatMap((method) => {
    const url = urls[method];
    if (url === undefined) return [];
    const accessLocation = new GeneralName({ uniformResourceIdentifier: url });
    return [new AccessDescription({ accessMethod: methods[method], accessLocation })];
  });
  return extension("authorityInfoAccess", false, new AuthorityInfoAccessSyntax(entries));
}

/** One general name; an `ip` in a name constraint is `address/mask`. */
export type AltNameTemplate =
  | { readonly dns: string }
  | { readonly email: string }
  | { readonly uri: string }
  | { readonly ip: Uint8Array }
  | { readonly directory: NameTemplate };

/** RFC 5280, 4.2.1.6. Written here, because the schema's class would put an address into a form of its own. */
function generalName(name: AltNameTemplate): Uint8Array {
  if ("ip" in name) return writeDer(0x87, name.ip);
  if ("directory" in name) return writeDer(0xa4, createName(name.directory));
  const [tag, text] = "email" in name ? [0x81, name.email] : "dns" in name ? [0x82, name.dns] : [0x86, name.uri];
  return writeDer(tag, new Uint8Array(Buffer.from(text, "latin1")));
}

export function subjectAltName(names: readonly AltNameTemplate[], critical = false): RawExtension {
  const value = writeDer(derTag.sequence, ...names.map(generalName));
  return { oid: extensionOids.subjectAltName, critical, value };
}

export function nameConstraints(
  trees: { readonly permitted?: readonly AltNameTemplate[]; readonly excluded?: readonly AltNameTemplate[] },
  critical = true,
): RawExtension {
  const subtrees = (tag: number, names: readonly AltNameTemplate[] = []) =>
    names.length === 0 ? [] : [writeDer(tag, ...names.map((name) => writeDer(derTag.sequence, generalName(name))))];
  const value = writeDer(derTag.sequence, ...subtrees(0xa0, trees.permitted), ...subtrees(0xa1, trees.excluded));
  return { oid: extensionOids.nameConstraints, critical, value };
}

/** For an OCSP signer that need not be asked about itself (RFC 6960, 4.2.2.2.1). */
export function ocspNoCheck(): RawExtension {
  return { oid: extensionOids.ocspNoCheck, critical: false, value: new Uint8Array([0x05, 0x00]) };
}

/** Any octets under any OID, for what has no function here and for tests of what must be refused. */
export function anyExtension(oid: string, critical: boolean, content: Uint8Array): RawExtension {
  return { oid, critical, value: serializeDer(new OctetString(content)) };
}
