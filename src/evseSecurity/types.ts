/** Words and shapes of EVerest's `evse_security` interface, as the store gives them. */

export type CaCertificateType = "V2G" | "MO" | "CSMS" | "MF";
export type LeafCertificateType = "CSMS" | "V2G" | "MF" | "MO";
export type CertificateType =
  | "V2GRootCertificate"
  | "MORootCertificate"
  | "CSMSRootCertificate"
  | "V2GCertificateChain"
  | "MFRootCertificate";

export type InstallCertificateResult =
  | "InvalidSignature"
  | "InvalidCertificateChain"
  | "InvalidFormat"
  | "InvalidCommonName"
  | "NoRootCertificateInstalled"
  | "Expired"
  | "CertificateStoreMaxLengthExceeded"
  | "WriteError"
  | "Accepted";

export type CertificateValidationResult =
  | "Valid"
  | "Expired"
  | "InvalidSignature"
  | "IssuerNotFound"
  | "InvalidLeafSignature"
  | "InvalidChain"
  | "Unknown";

export type DeleteCertificateResult = "Accepted" | "Failed" | "NotFound";

export interface CertificateHashData {
  hash_algorithm: "SHA256" | "SHA384" | "SHA512";
  issuer_name_hash: string;
  issuer_key_hash: string;
  serial_number: string;
}

export interface CertificateHashDataChain {
  certificate_type: CertificateType;
  certificate_hash_data: CertificateHashData;
  child_certificate_hash_data?: CertificateHashData[];
}

export interface GetInstalledCertificatesResult {
  status: "Accepted" | "NotFound";
  certificate_hash_data_chain: CertificateHashDataChain[];
}

export interface OCSPRequestData {
  certificate_hash_data?: CertificateHashData;
  responder_url?: string;
}

export interface OCSPRequestDataList {
  ocsp_request_data_list: OCSPRequestData[];
}

export interface GetCertificateSignRequestResult {
  status: "Accepted" | "InvalidRequestedType" | "KeyGenError" | "GenerationError";
  csr?: string;
}

/** Paths of files, and the root as PEM text. */
export interface CertificateInfo {
  key: string;
  certificate_root?: string;
  /** The file with the leaf and its sub-CAs. */
  certificate?: string;
  /** The file with the leaf alone. */
  certificate_single?: string;
  certificate_count: number;
  password?: string;
  ocsp?: { hash: CertificateHashData; ocsp_path?: string }[];
}

export type GetCertificateInfoStatus = "Accepted" | "Rejected" | "NotFound" | "NotFoundValid" | "PrivateKeyNotFound";

export interface GetCertificateInfoResult {
  status: GetCertificateInfoStatus;
  info?: CertificateInfo;
}

export interface GetCertificateFullInfoResult {
  status: GetCertificateInfoStatus;
  info: CertificateInfo[];
}

export interface CertificateStoreUpdate {
  operation: "Installed" | "Deleted";
  leaf_certificate_type?: LeafCertificateType;
  ca_certificate_type?: CaCertificateType;
}
