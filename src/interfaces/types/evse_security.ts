/** Certificates, their hashes, and the answers of the certificate store. */
import { z } from "zod";

/** How certificates are to be written. */
export const EncodingFormat = z.enum(["DER", "PEM"]);
export type EncodingFormat = z.infer<typeof EncodingFormat>;

/** Whose root: of the V2G PKI, of mobility operators, of the CSMS, of the manufacturer. */
export const CaCertificateType = z.enum(["V2G", "MO", "CSMS", "MF"]);
export type CaCertificateType = z.infer<typeof CaCertificateType>;

/** Whose leaf; {@link CaCertificateType} has the roots. */
export const LeafCertificateType = z.enum(["CSMS", "V2G", "MF", "MO"]);
export type LeafCertificateType = z.infer<typeof LeafCertificateType>;

/** Kinds of installed certificates (OCPP 2.0.1 GetCertificateIdUseEnumType). */
export const CertificateType = z.enum([
  "V2GRootCertificate",
  "MORootCertificate",
  "CSMSRootCertificate",
  "V2GCertificateChain",
  "MFRootCertificate",
]);
export type CertificateType = z.infer<typeof CertificateType>;

/** Of a certificate's hash data. */
export const HashAlgorithm = z.enum(["SHA256", "SHA384", "SHA512"]);
export type HashAlgorithm = z.infer<typeof HashAlgorithm>;

/** Whether a certificate was installed, or why not. */
export const InstallCertificateResult = z.enum([
  "InvalidSignature",
  "InvalidCertificateChain",
  "InvalidFormat",
  "InvalidCommonName",
  "NoRootCertificateInstalled",
  "Expired",
  "CertificateStoreMaxLengthExceeded",
  "WriteError",
  "Accepted",
]);
export type InstallCertificateResult = z.infer<typeof InstallCertificateResult>;

/** Whether a chain is good, or why not. */
export const CertificateValidationResult = z.enum([
  "Valid",
  "Expired",
  "InvalidSignature",
  "IssuerNotFound",
  "InvalidLeafSignature",
  "InvalidChain",
  "Unknown",
]);
export type CertificateValidationResult = z.infer<typeof CertificateValidationResult>;

/** Whether a certificate was deleted. */
export const DeleteCertificateResult = z.enum(["Accepted", "Failed", "NotFound"]);
export type DeleteCertificateResult = z.infer<typeof DeleteCertificateResult>;

/** Whether there is any. */
export const GetInstalledCertificatesStatus = z.enum(["Accepted", "NotFound"]);
export type GetInstalledCertificatesStatus = z.infer<typeof GetInstalledCertificatesStatus>;

/** Whether a request could be made. */
export const GetCertificateSignRequestStatus = z.enum([
  "Accepted",
  "InvalidRequestedType",
  "KeyGenError",
  "GenerationError",
]);
export type GetCertificateSignRequestStatus = z.infer<typeof GetCertificateSignRequestStatus>;

/** Whether a usable leaf was found; NotFoundValid when all there are have expired. */
export const GetCertificateInfoStatus = z.enum([
  "Accepted",
  "Rejected",
  "NotFound",
  "NotFoundValid",
  "PrivateKeyNotFound",
]);
export type GetCertificateInfoStatus = z.infer<typeof GetCertificateInfoStatus>;

/** Names a certificate (RFC 6960 CertID): hexadecimal hashes and serial number. */
export const CertificateHashData = z.object({
  hash_algorithm: HashAlgorithm,
  issuer_name_hash: z.string().max(128),
  issuer_key_hash: z.string().max(128),
  serial_number: z.string().max(40),
});
export type CertificateHashData = z.infer<typeof CertificateHashData>;

/** A certificate with those below it. */
export const CertificateHashDataChain = z.object({
  certificate_type: CertificateType,
  certificate_hash_data: CertificateHashData,
  child_certificate_hash_data: z.array(CertificateHashData).exactOptional(),
});
export type CertificateHashDataChain = z.infer<typeof CertificateHashDataChain>;

/** All that match. */
export const GetInstalledCertificatesResult = z.object({
  status: GetInstalledCertificatesStatus,
  certificate_hash_data_chain: z.array(CertificateHashDataChain),
});
export type GetInstalledCertificatesResult = z.infer<typeof GetInstalledCertificatesResult>;

/** A certificate and where to ask about it; neither when it has no responder. */
export const OCSPRequestData = z.object({
  certificate_hash_data: CertificateHashData.exactOptional(),
  responder_url: z.string().max(512).exactOptional(),
});
export type OCSPRequestData = z.infer<typeof OCSPRequestData>;

/** One entry for each certificate of a chain, leaf first. */
export const OCSPRequestDataList = z.object({
  ocsp_request_data_list: z.array(OCSPRequestData),
});
export type OCSPRequestDataList = z.infer<typeof OCSPRequestDataList>;

/** A certificate and the file with the last OCSP response about it. */
export const CertificateOCSP = z.object({
  hash: CertificateHashData,
  ocsp_path: z.string().exactOptional(),
});
export type CertificateOCSP = z.infer<typeof CertificateOCSP>;

/** `csr` is PEM (PKCS #10). */
export const GetCertificateSignRequestResult = z.object({
  status: GetCertificateSignRequestStatus,
  csr: z.string().exactOptional(),
});
export type GetCertificateSignRequestResult = z.infer<typeof GetCertificateSignRequestResult>;

/** Files of a leaf: its key, itself alone, its chain; the root is PEM text. */
export const CertificateInfo = z.object({
  key: z.string(),
  certificate_root: z.string().exactOptional(),
  certificate: z.string().exactOptional(),
  certificate_single: z.string().exactOptional(),
  certificate_count: z.int(),
  password: z.string().exactOptional(),
  ocsp: z.array(CertificateOCSP).exactOptional(),
});
export type CertificateInfo = z.infer<typeof CertificateInfo>;

/** The best leaf. */
export const GetCertificateInfoResult = z.object({
  status: GetCertificateInfoStatus,
  info: CertificateInfo.exactOptional(),
});
export type GetCertificateInfoResult = z.infer<typeof GetCertificateInfoResult>;

/** All valid leaves, the best first. */
export const GetCertificateFullInfoResult = z.object({
  status: GetCertificateInfoStatus,
  info: z.array(CertificateInfo),
});
export type GetCertificateFullInfoResult = z.infer<typeof GetCertificateFullInfoResult>;

/** What happened to a certificate. */
export const CertificateStoreUpdateOperation = z.enum(["Installed", "Deleted"]);
export type CertificateStoreUpdateOperation = z.infer<typeof CertificateStoreUpdateOperation>;

/** What has changed in the store; of the two types one is given. */
export const CertificateStoreUpdate = z.object({
  operation: CertificateStoreUpdateOperation,
  leaf_certificate_type: LeafCertificateType.exactOptional(),
  ca_certificate_type: CaCertificateType.exactOptional(),
});
export type CertificateStoreUpdate = z.infer<typeof CertificateStoreUpdate>;
