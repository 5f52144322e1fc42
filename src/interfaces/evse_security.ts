import { z } from "zod";
import { defineInterface } from "../framework/interface.ts";
import {
  CaCertificateType,
  CertificateHashData,
  CertificateStoreUpdate,
  CertificateType,
  CertificateValidationResult,
  DeleteCertificateResult,
  EncodingFormat,
  GetCertificateFullInfoResult,
  GetCertificateInfoResult,
  GetCertificateSignRequestResult,
  GetInstalledCertificatesResult,
  InstallCertificateResult,
  LeafCertificateType,
  OCSPRequestDataList,
} from "./types/evse_security.ts";

/** The certificates and keys of the station. */
export const evse_security = defineInterface({
  name: "evse_security",
  cmds: {
    install_ca_certificate: {
      args: { certificate: z.string(), certificate_type: CaCertificateType },
      result: InstallCertificateResult,
    },
    delete_certificate: { args: { certificate_hash_data: CertificateHashData }, result: DeleteCertificateResult },
    update_leaf_certificate: {
      args: { certificate_chain: z.string(), certificate_type: LeafCertificateType },
      result: InstallCertificateResult,
    },
    verify_certificate: {
      args: { certificate_chain: z.string(), certificate_types: z.array(LeafCertificateType) },
      result: CertificateValidationResult,
    },
    get_installed_certificates: {
      args: { certificate_types: z.array(CertificateType) },
      result: GetInstalledCertificatesResult,
    },
    get_v2g_ocsp_request_data: { args: {}, result: OCSPRequestDataList },
    get_mo_ocsp_request_data: { args: { certificate_chain: z.string() }, result: OCSPRequestDataList },
    update_ocsp_cache: {
      args: { certificate_hash_data: CertificateHashData, ocsp_response: z.string() },
      result: z.null(),
    },
    is_ca_certificate_installed: { args: { certificate_type: CaCertificateType }, result: z.boolean() },
    generate_certificate_signing_request: {
      args: {
        certificate_type: LeafCertificateType,
        country: z.string(),
        organization: z.string(),
        common: z.string(),
        use_tpm: z.boolean(),
      },
      result: GetCertificateSignRequestResult,
    },
    get_leaf_certificate_info: {
      args: { certificate_type: LeafCertificateType, encoding: EncodingFormat, include_ocsp: z.boolean() },
      result: GetCertificateInfoResult,
    },
    get_all_valid_certificates_info: {
      args: { certificate_type: LeafCertificateType, encoding: EncodingFormat, include_ocsp: z.boolean() },
      result: GetCertificateFullInfoResult,
    },
    get_verify_file: { args: { certificate_type: CaCertificateType }, result: z.string() },
    get_verify_location: { args: { certificate_type: CaCertificateType }, result: z.string() },
    get_leaf_expiry_days_count: { args: { certificate_type: LeafCertificateType }, result: z.int() },
    verify_file_signature: {
      args: { file_path: z.string(), signing_certificate: z.string(), signature: z.string() },
      result: z.boolean(),
    },
  },
  vars: {
    certificate_store_update: CertificateStoreUpdate,
  },
});
