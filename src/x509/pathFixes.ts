/** What mends a path that was refused, in one imperative sentence. */
import type { Certificate } from "./certificate.ts";
import type { PathReason } from "./pathRules.ts";

const day = (ms: number) => new Date(ms).toISOString().slice(0, 19).concat("Z");

const fixes: Record<PathReason, (name: string, certificate: Certificate) => string> = {
  no_trust_anchor: (_, c) => `Install the root above ${c.issuer}; no root is installed for this purpose.`,
  unknown_issuer: (_, c) => `Install the certificate of ${c.issuer}, or send it in the chain.`,
  incomplete_chain: (_, c) => `Send the certificate of ${c.issuer} in the chain, or install it as a root if it is one.`,
  self_signed: (name) => `Have ${name} signed by an installed root; it is signed by itself.`,
  no_root: (name, c) => `Install the root ${c.issuer}; ${name} is only an intermediate.`,
  expired: (name, c) => `Renew ${name}, which ended at ${day(c.notAfter)}, or set the clock right.`,
  not_yet_valid: (name, c) => `Wait until ${day(c.notBefore)}, when ${name} becomes valid, or set the clock right.`,
  signature: (name, c) => `Get ${name} anew from ${c.issuer}; its signature is not by that key.`,
  alg_mismatch: (name) => `Get ${name} anew; it names two different signature algorithms.`,
  weak_hash: (name, c) => `Have ${name} signed with SHA-256 or better instead of ${c.signatureAlgorithm.name}.`,
  weak_key: (name, c) => `Get ${name} anew for a key of P-256 or stronger; its key is ${c.keyKind}.`,
  not_a_ca: (name) => `Have the certificate below issued by a CA; ${name} is not one.`,
  bc_not_critical: (name) => `Get ${name} anew with basicConstraints marked critical.`,
  key_usage: (name, c) =>
    c.isCa ? `Get ${name} anew with key usage keyCertSign.` : `Get ${name} anew without key usage keyCertSign.`,
  pathlen: (name, c) => `Leave out a sub-CA below ${name}; it allows ${c.pathLength} between itself and a leaf.`,
  too_long: () => "Use a chain with fewer sub-CAs.",
  loop: (name) => `Send the chain without the cross-signing loop at ${name}.`,
  critical_extension: (name) => `Get ${name} anew without the critical extension that is not understood here.`,
  name_constraints: (name) => `Get ${name} anew with names that its issuers' name constraints permit.`,
  policy: (name) => `Get ${name} anew with a certificate policy that its issuers require.`,
  version: (name) => `Get ${name} anew as a certificate of version 3.`,
  serial: (name) => `Get ${name} anew with a positive serial number of at most 20 octets.`,
  empty_name: (name) => `Get ${name} anew with a subject and an issuer name.`,
  too_much_work: () => "Send only the certificates of the chain.",
};

export function pathFix(reason: PathReason, name: string, certificate: Certificate): string {
  return fixes[reason](name, certificate);
}
