/** A certificate of the PKI before it is signed, and its signing. */
import type { KeyObject } from "node:crypto";
import type { Clock } from "../util/clock.ts";
import type { Random } from "../util/random.ts";
import {
  authorityInfoAccess,
  authorityKeyIdentifier,
  basicConstraints,
  type Certificate,
  type CertificateTemplate,
  createCertificate,
  createSerialNumber,
  extendedKeyUsage,
  generateKey,
  type KeyKind,
  type KeyPair,
  type KeyUsageName,
  keyUsage,
  type RawExtension,
  shortSubjectKeyIdentifier,
  subjectAltName,
  subjectKeyIdentifier,
} from "../x509/index.ts";
import type { MemberRow } from "./members.ts";

export interface Holder {
  readonly certificate: Certificate;
  /** The key stored beside the certificate; under the fault `wrong-key` it is not the certificate's. */
  readonly key: KeyObject;
}

/** A certificate before it is signed; faults change it. Times are milliseconds since 1970. */
export interface Draft {
  readonly row: MemberRow;
  readonly subject: CertificateTemplate["subject"];
  readonly kind: KeyKind;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly ca?: { readonly pathLength?: number; readonly critical?: boolean };
  readonly keyUsage: readonly KeyUsageName[];
  readonly extendedKeyUsage?: readonly string[];
  readonly ocspUrl?: string;
  readonly dns?: readonly string[];
  readonly extra?: readonly RawExtension[];
  readonly hash?: CertificateTemplate["hash"];
  readonly odd?: CertificateTemplate["odd"];
  /** Signed by a CA that has the issuer's name but another key. */
  readonly impostor?: true;
  /** The stored private key is another one. */
  readonly wrongKey?: true;
}

/** The responder that certificates name when nobody says another; a test CSMS answers for it, wherever it listens itself. */
export const defaultOcspUrl = "http://127.0.0.1:8080/ocsp";

/** What decides how all certificates of a PKI look. */
export interface DraftOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** `iso2`: P-256; `iso20`: P-521, or Ed448 by `curve`. */
  readonly profile?: "iso2" | "iso20";
  readonly curve?: KeyKind;
  /** CN of the contract certificate, without hyphens. */
  readonly eMAID?: string;
  /** CN of the SECC certificate. */
  readonly seccId?: string;
  /** CN of the station's client certificate: its identity towards the CSMS. */
  readonly chargePointId?: string;
  /** Written to AIA of all that a root signs; without it certificates name no responder. */
  readonly ocspUrl?: string;
  readonly organization?: string;
  readonly country?: string;
  /** Key of the CSMS's TLS certificates; P-256 when absent. */
  readonly csmsKey?: KeyKind;
  readonly csmsHosts?: readonly string[];
}

const dayMs = 24 * 3600_000;

export function createDraft(row: MemberRow, options: DraftOptions): Draft {
  const now = options.clock.now();
  const { organization = "plugcharge test", country = "DE", profile = "iso2" } = options;
  const CN = commonName(row, options);
  const kind = row.tls ? (options.csmsKey ?? "P-256") : (options.curve ?? (profile === "iso20" ? "P-521" : "P-256"));
  return {
    row,
    subject: { CN, O: organization, C: country, ...(row.DC !== undefined && { DC: row.DC }) },
    kind,
    // an hour back, so that a clock that is slightly behind can use it at once
    notBefore: now - 3600_000,
    notAfter: now + row.days * dayMs,
    ...(row.ca && { ca: row.ca }),
    keyUsage: row.keyUsage,
    ...(row.extendedKeyUsage && { extendedKeyUsage: row.extendedKeyUsage }),
    ...(row.ocsp && options.ocspUrl !== undefined && { ocspUrl: options.ocspUrl }),
    ...(row.id === "csmsServer" && { dns: options.csmsHosts ?? ["localhost"] }),
  };
}

/** CAs of the two editions have different names, so that nobody takes one for the other. */
function commonName(row: MemberRow, options: DraftOptions): string {
  const given = { contract: options.eMAID, secc: options.seccId, csmsClient: options.chargePointId };
  const suffix = row.ca && !row.tls && options.profile === "iso20" ? "-20" : "";
  return (row.id in given ? given[row.id as keyof typeof given] : undefined) ?? `${row.CN}${suffix}`;
}

/** Makes the key and signs. @param issuer absent for a root. */
export async function issue(draft: Draft, issuer: Holder | undefined, options: DraftOptions): Promise<Holder> {
  const keys = await generateKey(draft.kind);
  const signingKey = draft.impostor ? (await generateKey("P-256")).privateKey : (issuer?.key ?? keys.privateKey);
  const certificate = createCertificate({
    subject: draft.subject,
    ...(issuer && { issuer: issuer.certificate }),
    publicKey: keys.publicKey,
    signingKey,
    serialNumber: createSerialNumber(options.random),
    notBefore: draft.notBefore,
    notAfter: draft.notAfter,
    extensions: extensionsOf(draft, keys, issuer?.certificate),
    ...(draft.hash && { hash: draft.hash }),
    ...(draft.odd && { odd: draft.odd }),
  });
  return { certificate, key: draft.wrongKey ? (await generateKey(draft.kind)).privateKey : keys.privateKey };
}

function extensionsOf(draft: Draft, keys: KeyPair, issuer: Certificate | undefined): RawExtension[] {
  const issuerId = issuer?.subjectKeyId;
  return [
    basicConstraints(draft.ca !== undefined, draft.ca?.pathLength, draft.ca?.critical ?? true),
    keyUsage(draft.keyUsage),
    ...(draft.extendedKeyUsage ? [extendedKeyUsage(draft.extendedKeyUsage)] : []),
    // Six certificates must fit into one CertificateInstallationRes, and that into OCPP's 5,600 characters.
    draft.row.tls ? subjectKeyIdentifier(keys.publicKey) : shortSubjectKeyIdentifier(keys.publicKey),
    ...(issuerId ? [authorityKeyIdentifier(issuerId)] : []),
    ...(draft.ocspUrl === undefined ? [] : [authorityInfoAccess({ ocsp: draft.ocspUrl })]),
    ...(draft.dns ? [subjectAltName(draft.dns.map((dns) => ({ dns })))] : []),
    ...(draft.extra ?? []),
  ];
}
