/** Certificates, their hashes, and the answers of the certificate store. */
import { z } from "zod";

export const EncodingFormat = z.enum(["DER", "PEM"]);
export type EncodingFormat = z.infer<typeof EncodingFormat>;

export const CaCertificateType = z.enum(["V2G", "MO", "CSMS", "MF"]);
export type CaCertificateType = z.infer<typeof CaCertificateType>;

export const LeafCertificateType = z.enum(["CSMS", "V2G", "MF", "MO"]);
export type LeafCertificateType = z.infer<typeof LeafCertificateType>;

export const CertificateType = z.enum([
  "V2GRootCertificate",
  "MORootCertificate",
  "CSMSRootCertificate",
  "V2GCertificateChain",
  "MFRootCertificate",
]);
export type CertificateType = z.infer<typeof CertificateType>;

export const HashAlgorithm = z.enum(["SHA256", "SHA384", "SHA512"]);
export type HashAlgorithm = z.infer<typeof HashAlgorithm>;

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

export const DeleteCertificateResult = z.enum(["Accepted", "Failed", "NotFound"]);
export type DeleteCertificateResult = z.infer<typeof DeleteCertificateResult>;

export const GetInstalledCertificatesStatus = z.enum(["Accepted", "NotFound"]);
export type GetInstalledCertificatesStatus = z.infer<typeof GetInstalledCertificatesStatus>;

export const GetCertificateSignRequestStatus = z.enum([
  "Accepted",
  "InvalidRequestedType",
  "KeyGenError",
  "GenerationError",
]);
export type GetCertificateSignRequestStatus = z.infer<typeof GetCertificateSignRequestStatus>;

export const GetCertificateInfoStatus = z.enum([
  "Accepted",
  "Rejected",
  "NotFound",
  "NotFoundValid",
  "PrivateKeyNotFound",
]);
export type GetCertificateInfoStatus = z.infer<typeof GetCertificateInfoStatus>;

export const CertificateHashData = z.object({
  hash_algorithm: HashAlgorithm,
  issuer_name_hash: z.string().max(128),
  issuer_key_hash: z.string().max(128),
  serial_number: z.string().max(40),
});
export type CertificateHashData = z.infer<typeof CertificateHashData>;

export const CertificateHashDataChain = z.object({
  certificate_type: CertificateType,
  certificate_hash_data: CertificateHashData,
  child_certificate_hash_data: z.array(CertificateHashData).exactOptional(),
});
export type CertificateHashDataChain = z.infer<typeof CertificateHashDataChain>;

export const GetInstalledCertificatesResult = z.object({
  status: GetInstalledCertificatesStatus,
  certificate_hash_data_chain: z.array(CertificateHashDataChain),
});
export type GetInstalledCertificatesResult = z.infer<typeof GetInstalledCertificatesResult>;

export const OCSPRequestData = z.object({
  certificate_hash_data: CertificateHashData.exactOptional(),
  responder_url: z.string().max(512).exactOptional(),
});
export type OCSPRequestData = z.infer<typeof OCSPRequestData>;

export const OCSPRequestDataList = z.object({
  ocsp_request_data_list: z.array(OCSPRequestData),
});
export type OCSPRequestDataList = z.infer<typeof OCSPRequestDataList>;

export const CertificateOCSP = z.object({
  hash: CertificateHashData,
  ocsp_path: z.string().exactOptional(),
});
export type CertificateOCSP = z.infer<typeof CertificateOCSP>;

export const GetCertificateSignRequestResult = z.object({
  status: GetCertificateSignRequestStatus,
  csr: z.string().exactOptional(),
});
export type GetCertificateSignRequestResult = z.infer<typeof GetCertificateSignRequestResult>;

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

export const GetCertificateInfoResult = z.object({
  status: GetCertificateInfoStatus,
  info: CertificateInfo.exactOptional(),
});
export type GetCertificateInfoResult = z.infer<typeof GetCertificateInfoResult>;

export const GetCertificateFullInfoResult = z.object({
  status: GetCertificateInfoStatus,
  info: z.array(CertificateInfo),
});
export type GetCertificateFullInfoResult = z.infer<typeof GetCertificateFullInfoResult>;

export const CertificateStoreUpdateOperation = z.enum(["Installed", "Deleted"]);
export type CertificateStoreUpdateOperation = z.infer<typeof CertificateStoreUpdateOperation>;

export const CertificateStoreUpdate = z.object({
  operation: CertificateStoreUpdateOperation,
  leaf_certificate_type: LeafCertificateType.exactOptional(),
  ca_certificate_type: CaCertificateType.exactOptional(),
});
export type CertificateStoreUpdate = z.infer<typeof CertificateStoreUpdate>;
