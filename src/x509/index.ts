/** X.509: certificates, requests, keys, paths, OCSP, OCPP hash data. */
export * from "./certificate.ts";
export { CertificateMemory } from "./certificateMemory.ts";
export * from "./certsOnly.ts";
export * from "./chain.ts";
export * from "./create.ts";
export { X509Error } from "./errors.ts";
export type { AltName, ExtensionValues, KeyUsageName, RawExtension } from "./extensions.ts";
export * from "./extensionTemplates.ts";
export * from "./hashData.ts";
export * from "./keys.ts";
export type { DistinguishedName, NameAttribute, NameTemplate } from "./name.ts";
export * from "./ocsp.ts";
export type { PathReason } from "./pathRules.ts";
export { type PemBlock, parsePem, toPemBlock } from "./pem.ts";
export * from "./request.ts";
export type { Hash, SignatureAlgorithm } from "./signatures.ts";
