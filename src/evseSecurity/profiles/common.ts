/** Checks that several roles share. */
import type { Certificate } from "../../x509/index.ts";
import { type Check, domains, everyMust, leafMust, type Profile, rootMust, type Scene, sentMust } from "./check.ts";

const ISO2_CERTIFICATE = "ISO 15118-2, annex F and certificateType";
const ISO20_CERTIFICATE = "ISO 15118-20, annex B and certificateType";

/** maxLength of certificateType in the schemas. */
export const maxSize = { "iso15118-2": 800, "iso15118-20": 1600, ocpp: Number.POSITIVE_INFINITY } as const;

const curves = { "iso15118-2": ["P-256"], "iso15118-20": ["P-521", "Ed448"], ocpp: [] as string[] } as const;

/** The only signature for each key of ISO 15118. */
const algorithmOf: Readonly<Record<string, string>> = {
  "P-256": "ecdsa-with-SHA256",
  "P-521": "ecdsa-with-SHA512",
  Ed448: "Ed448",
};

export const leafIsNoCa: Check = leafMust(
  "leaf_is_ca",
  "RFC 5280, 4.2.1.9",
  (leaf) => !leaf.isCa,
  (name) => `Use an end entity certificate; ${name} is a CA.`,
);

function hasAllowedAlgorithm({ signatureAlgorithm }: Certificate, { edition }: Scene): boolean {
  return curves[edition].some((curve) => algorithmOf[curve] === signatureAlgorithm.name);
}

/** Size, chain length, keys and signatures of every certificate of ISO 15118. */
export const isoBasics: Profile = [
  leafIsNoCa,
  leafMust(
    "self_signed",
    "ISO 15118-2, 7.3.3; ISO 15118-20, 7.7.3",
    (leaf, { root }) => leaf.fingerprint !== root.fingerprint,
    (name) => `Have ${name} issued below a root; it is one itself.`,
  ),
  sentMust(
    "too_large",
    `${ISO2_CERTIFICATE}; ${ISO20_CERTIFICATE}`,
    ({ der }, { edition }) => der.length <= maxSize[edition],
    (name, { der }, { edition }) => `Shorten ${name} from ${der.length} to ${maxSize[edition]} octets.`,
  ),
  {
    reason: "too_long",
    clause: "ISO 15118-2, 7.3.3; ISO 15118-20, 7.7.3: at most two sub-CAs",
    broken: ({ intermediates }) => intermediates[2],
    fix: () => "Issue the certificate with at most two sub-CAs below the root.",
  },
];

export const isoKeys: Profile = [
  everyMust(
    "wrong_key_type",
    `${ISO2_CERTIFICATE}: secp256r1; ${ISO20_CERTIFICATE}: secp521r1 or Ed448`,
    ({ keyKind }, { edition }) => keyKind.startsWith("P-") || isAllowedKey(keyKind, edition),
    (name, { keyKind }, { edition }) => `Get ${name} anew for a key of ${curveNames(edition)}; its key is ${keyKind}.`,
  ),
  everyMust(
    "wrong_curve",
    `${ISO2_CERTIFICATE}: secp256r1; ${ISO20_CERTIFICATE}: secp521r1 or Ed448`,
    ({ keyKind }, { edition }) => isAllowedKey(keyKind, edition),
    (name, { keyKind }, { edition }) => `Get ${name} anew for a key of ${curveNames(edition)}; its key is ${keyKind}.`,
  ),
  sentMust(
    "wrong_sigalg",
    `${ISO2_CERTIFICATE}: ecdsa-with-SHA256; ${ISO20_CERTIFICATE}: ecdsa-with-SHA512 or Ed448`,
    hasAllowedAlgorithm,
    (name, { signatureAlgorithm }) =>
      `Have ${name} signed as its edition asks; it is signed by ${signatureAlgorithm.name}.`,
  ),
];

function isAllowedKey(keyKind: string, edition: Scene["edition"]): boolean {
  return (curves[edition] as readonly string[]).includes(keyKind);
}

function curveNames(edition: Scene["edition"]): string {
  return curves[edition].join(" or ");
}

/** Every leaf of ISO 15118 signs: a message, a TLS handshake, or a fragment. */
export const leafSigns: Check = leafMust(
  "key_usage",
  "ISO 15118-2, annex F; ISO 15118-20, annex B: digitalSignature",
  ({ keyUsage }) => keyUsage?.has("digitalSignature") === true,
  (name) => `Get ${name} anew with key usage digitalSignature.`,
);

/** The same where certificates of ordinary CAs are used: only what is there must allow it (RFC 5280, 4.2.1.3). */
export const leafMaySign: Check = leafMust(
  "key_usage",
  "RFC 5280, 4.2.1.3",
  ({ keyUsage }) => keyUsage === undefined || keyUsage.has("digitalSignature"),
  (name) => `Get ${name} anew with key usage digitalSignature.`,
);

/** An extended key usage that is there must allow the purpose (RFC 5280, 4.2.1.12). */
export function purpose(wanted: string): Check {
  return leafMust(
    "eku",
    "RFC 5280, 4.2.1.12",
    ({ extendedKeyUsage }) =>
      extendedKeyUsage === undefined ||
      extendedKeyUsage.includes(wanted) ||
      extendedKeyUsage.includes("anyExtendedKeyUsage"),
    (name, { extendedKeyUsage }) =>
      `Get ${name} anew with extended key usage ${wanted} or none; it has ${extendedKeyUsage?.join(", ")}.`,
  );
}

/** Exactly one domain component, and this one. */
export function domainIs(domain: string, clause: string): Check {
  return leafMust(
    "wrong_dc",
    clause,
    (leaf) => domains(leaf).join() === domain,
    (name, leaf) =>
      `Get ${name} anew with domain component ${domain}; it has ${domains(leaf).join(" and ") || "none"}.`,
  );
}

/** Domain components of another role make it another's certificate; none at all does not. */
export function domainIsNot(foreign: readonly string[], wanted: string): Check {
  return leafMust(
    "wrong_role",
    "ISO 15118-2, annex F; ISO 15118-20, annex B: domain component",
    (leaf) => !domains(leaf).some((domain) => foreign.includes(domain)),
    (name, leaf) => `Use a certificate for this role (DC=${wanted}); ${name} is for DC=${domains(leaf).join()}.`,
  );
}

/** A root that says whose it is must not be of those. */
export function anchorIsNot(foreign: readonly string[], wanted: string): Check {
  return rootMust(
    "wrong_anchor",
    "ISO 15118-2, 7.3.3; ISO 15118-20, 7.7.3",
    (root) => !domains(root).some((domain) => foreign.includes(domain)),
    (name) => `Use a certificate issued below ${wanted}; ${name} is no root for this role.`,
  );
}
