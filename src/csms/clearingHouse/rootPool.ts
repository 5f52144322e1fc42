/** Root certificates as the root certificate pool lists them (Open Plug&Charge Protocol 1.0.0, rcp.v1: RootCertV2). */
import { fromHex, toBase64 } from "../../util/bytes.ts";
import { isoTime } from "../../util/clock.ts";
import type { Certificate } from "../../x509/index.ts";
import type { CsmsPki } from "../options.ts";

export const rootTypes = ["V2G", "MO", "OEM"] as const;
export type RootType = (typeof rootTypes)[number];

export function rootCertificates({ roots, contracts }: CsmsPki) {
  const byType: Readonly<Record<RootType, readonly Certificate[]>> = {
    V2G: roots.v2g,
    MO: roots.mo,
    OEM: contracts?.oem.roots ?? [],
  };
  return rootTypes.flatMap((rootType) => byType[rootType].map((root) => entry(root, rootType)));
}

function entry(root: Certificate, rootType: RootType) {
  const { subject, der, fingerprint, serialNumber, notBefore, notAfter, subjectKeyId } = root;
  return {
    rootCertificateId: uuidOf(fingerprint),
    distinguishedName: subject.toString(),
    caCertificate: toBase64(der),
    commonName: subject.CN ?? "",
    rootAuthorityKeyIdentifier: subjectKeyId === undefined ? "" : toBase64(fromHex(subjectKeyId)),
    rootIssuerSerialNumber: serialNumber,
    validFrom: isoTime(notBefore),
    validTo: isoTime(notAfter),
    organizationName: subject.O ?? "",
    rootType,
    fingerprint,
  };
}

/** The same for the same certificate, whoever asks and when (RFC 9562, 5.8). */
function uuidOf(fingerprint: string): string {
  const [a = "", b = "", c = "", d = ""] = fingerprint.match(/.{8}/g) ?? [];
  return `${a}-${b.slice(0, 4)}-8${b.slice(5)}-8${c.slice(1, 4)}-${c.slice(4)}${d}`;
}
