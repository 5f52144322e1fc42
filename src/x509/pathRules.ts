/** What RFC 5280 asks of each certificate of a path, one function a question. A rule gives the reason it is broken by. */
import type { Certificate } from "./certificate.ts";
import { extensionOids } from "./oids.ts";

/** Why no path was found; the words are stable and may be matched. */
export type PathReason =
  | "no_trust_anchor"
  | "unknown_issuer"
  | "incomplete_chain"
  | "self_signed"
  | "no_root"
  | "expired"
  | "not_yet_valid"
  | "signature"
  | "alg_mismatch"
  | "weak_hash"
  | "weak_key"
  | "not_a_ca"
  | "bc_not_critical"
  | "key_usage"
  | "pathlen"
  | "too_long"
  | "loop"
  | "critical_extension"
  | "name_constraints"
  | "policy"
  | "version"
  | "serial"
  | "empty_name"
  | "too_much_work";

/** Critical extensions that path validation really looks at; another one that is critical ends the path (4.2). */
const processedWhenCritical: ReadonlySet<string> = new Set([
  extensionOids.basicConstraints,
  extensionOids.keyUsage,
  extensionOids.subjectAltName,
  extensionOids.nameConstraints,
  extensionOids.extKeyUsage,
  extensionOids.certificatePolicies,
  extensionOids.policyMappings,
  extensionOids.policyConstraints,
  extensionOids.inhibitAnyPolicy,
]);

/** Kinds of key strong enough for any role; smaller ones could be forged by those who want to. */
const strongKeys = /^(P-(256|384|521)|Ed25519|Ed448|RSA-(204[89]|20[5-9]\d|2[1-9]\d\d|[3-9]\d{3}|1[0-6]\d{3}))$/;

/** Both ends belong to the validity (4.1.2.5). */
export function timeFault({ notBefore, notAfter }: Certificate, time: number | "any"): PathReason | undefined {
  if (time === "any") return undefined;
  if (time < notBefore) return "not_yet_valid";
  // whole seconds: a certificate that ends at 12:00:00 is valid throughout that second
  return Math.floor(time / 1000) * 1000 > notAfter ? "expired" : undefined;
}

/** Certificates from before extensions, and those of simple tools: nothing in them says what they are for. */
export function isBare({ version, extensions }: Certificate): boolean {
  return version !== 3 && extensions.size === 0;
}

/**
 * What must hold in every place of a path.
 * @param bareAllowed whether a certificate without any extension may be of another version than 3.
 */
export function certificateFault(certificate: Certificate, bareAllowed = false): PathReason | undefined {
  const { extensions, keyUsage, isCa, version } = certificate;
  for (const { oid, critical } of extensions.values()) {
    if (critical && !processedWhenCritical.has(oid)) return "critical_extension";
  }
  if (uncritical(certificate, "policyConstraints") || uncritical(certificate, "inhibitAnyPolicy")) return "policy";
  if (version !== 3 && !(bareAllowed && isBare(certificate))) return "version";
  if (!strongKeys.test(certificate.keyKind)) return "weak_key";
  if (!/^[1-9a-f]/.test(certificate.serialNumber) || certificate.serialLength > 20) return "serial";
  if (certificate.issuer.rdns.length === 0) return "empty_name";
  if (!isCa && keyUsage?.has("keyCertSign")) return "key_usage";
  if (!isCa && certificate.nameConstraints) return "name_constraints";
  return emptySubjectFault(certificate);
}

/** There, but not critical as it must be (4.2.1.11, 4.2.1.14). */
function uncritical({ extensions }: Certificate, name: keyof typeof extensionOids): boolean {
  return extensions.get(extensionOids[name])?.critical === false;
}

/** Only a leaf may be without subject, and then its alternative name is critical (4.1.2.6, 4.2.1.6). */
function emptySubjectFault({ subject, isCa, extensions }: Certificate): PathReason | undefined {
  if (subject.rdns.length > 0) return undefined;
  return isCa || !extensions.get(extensionOids.subjectAltName)?.critical ? "empty_name" : undefined;
}

/** What must hold for a certificate that issues others. */
export function authorityFault({ isCa, basicConstraints, keyUsage }: Certificate): PathReason | undefined {
  if (!isCa) return "not_a_ca";
  if (!basicConstraints?.critical) return "bc_not_critical";
  return keyUsage && !keyUsage.has("keyCertSign") ? "key_usage" : undefined;
}

/** Self-issued intermediates are not counted (6.1.4 (l)). @param below leaf first, without the issuer. */
export function pathLengthFault(issuer: Certificate, below: readonly Certificate[]): PathReason | undefined {
  if (issuer.pathLength === undefined) return undefined;
  const intermediates = below.slice(1).filter(({ isSelfIssued }) => !isSelfIssued).length;
  return intermediates > issuer.pathLength ? "pathlen" : undefined;
}

/** What can be said of a signature without the issuer. */
export function algorithmFault({ signatureAlgorithm, signatureAlgorithmsAgree }: Certificate): PathReason | undefined {
  if (!signatureAlgorithmsAgree) return "alg_mismatch";
  return ["sha1", "md5"].includes(signatureAlgorithm.hash ?? "") ? "weak_hash" : undefined;
}
