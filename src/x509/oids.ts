/** Object identifiers by the names used in this folder. */

/** Attribute types of distinguished names (RFC 4519, RFC 4514 short names). */
export const attributeOids = {
  CN: "2.5.4.3",
  SN: "2.5.4.4",
  serialNumber: "2.5.4.5",
  C: "2.5.4.6",
  L: "2.5.4.7",
  ST: "2.5.4.8",
  street: "2.5.4.9",
  O: "2.5.4.10",
  OU: "2.5.4.11",
  title: "2.5.4.12",
  GN: "2.5.4.42",
  organizationIdentifier: "2.5.4.97",
  UID: "0.9.2342.19200300.100.1.1",
  DC: "0.9.2342.19200300.100.1.25",
  emailAddress: "1.2.840.113549.1.9.1",
} as const;

export type AttributeName = keyof typeof attributeOids;

export const attributeNames: ReadonlyMap<string, AttributeName> = new Map(
  Object.entries(attributeOids).map(([name, oid]) => [oid, name as AttributeName]),
);

/** Certificate extensions (RFC 5280, 4.2). */
export const extensionOids = {
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  issuerAltName: "2.5.29.18",
  basicConstraints: "2.5.29.19",
  nameConstraints: "2.5.29.30",
  cRLDistributionPoints: "2.5.29.31",
  certificatePolicies: "2.5.29.32",
  policyMappings: "2.5.29.33",
  authorityKeyIdentifier: "2.5.29.35",
  policyConstraints: "2.5.29.36",
  extKeyUsage: "2.5.29.37",
  inhibitAnyPolicy: "2.5.29.54",
  authorityInfoAccess: "1.3.6.1.5.5.7.1.1",
  ocspNoCheck: "1.3.6.1.5.5.7.48.1.5",
} as const;

/** Extended key purposes (RFC 5280, 4.2.1.12). */
export const keyPurposeOids = {
  anyExtendedKeyUsage: "2.5.29.37.0",
  serverAuth: "1.3.6.1.5.5.7.3.1",
  clientAuth: "1.3.6.1.5.5.7.3.2",
  codeSigning: "1.3.6.1.5.5.7.3.3",
  OCSPSigning: "1.3.6.1.5.5.7.3.9",
} as const;

export type KeyPurpose = keyof typeof keyPurposeOids;

export const keyPurposeNames: ReadonlyMap<string, KeyPurpose> = new Map(
  Object.entries(keyPurposeOids).map(([name, oid]) => [oid, name as KeyPurpose]),
);
