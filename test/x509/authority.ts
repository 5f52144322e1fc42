/** A small certification authority for tests. */
import type { KeyObject } from "node:crypto";
import { cryptoRandom } from "../../src/util/random.ts";
import {
  authorityKeyIdentifier,
  basicConstraints,
  type Certificate,
  type CertificateTemplate,
  createCertificate,
  createSerialNumber,
  generateKey,
  type KeyKind,
  keyUsage,
  subjectKeyIdentifier,
} from "../../src/x509/index.ts";

export interface Holder {
  readonly certificate: Certificate;
  readonly key: KeyObject;
}

export const noon = Date.UTC(2026, 5, 1, 12);
const year = 365 * 24 * 3600_000;

export interface HolderOptions extends Partial<Omit<CertificateTemplate, "issuer">> {
  readonly kind?: KeyKind;
  /** Has this one's key instead of a new one. */
  readonly keyOf?: Holder;
  /** Leaves out all extensions that are not named in `extensions`. */
  readonly plain?: true;
}

const caUsage = keyUsage(["keyCertSign", "cRLSign"]);

export async function createRoot(name: string, options: HolderOptions = {}): Promise<Holder> {
  return create(undefined, name, [basicConstraints(true), caUsage], options);
}

export async function createSub(issuer: Holder, name: string, options: HolderOptions & { pathLength?: number } = {}) {
  const { pathLength, ...rest } = options;
  return create(issuer, name, [basicConstraints(true, pathLength), caUsage], rest);
}

export async function createLeaf(issuer: Holder, name: string, options: HolderOptions = {}): Promise<Holder> {
  return create(issuer, name, [basicConstraints(false), keyUsage(["digitalSignature", "keyAgreement"])], options);
}

async function create(
  issuer: Holder | undefined,
  CN: string,
  role: CertificateTemplate["extensions"],
  { kind = "P-256", keyOf, plain, extensions = [], ...rest }: HolderOptions,
): Promise<Holder> {
  const { privateKey, publicKey } = keyOf
    ? { privateKey: keyOf.key, publicKey: keyOf.certificate.publicKey }
    : await generateKey(kind);
  const issuerId = issuer?.certificate.subjectKeyId;
  const usual = [...role, subjectKeyIdentifier(publicKey), ...(issuerId ? [authorityKeyIdentifier(issuerId)] : [])];
  const certificate = createCertificate({
    subject: { CN, O: "Test", C: "DE" },
    ...(issuer && { issuer: issuer.certificate }),
    publicKey,
    signingKey: issuer?.key ?? privateKey,
    serialNumber: createSerialNumber(cryptoRandom),
    notBefore: noon - year,
    notAfter: noon + year,
    ...rest,
    extensions: [...(plain ? [] : usual), ...extensions],
  });
  return { certificate, key: privateKey };
}
