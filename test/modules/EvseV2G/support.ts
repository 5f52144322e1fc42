import type { CertificateStore } from "../../../src/evseSecurity/index.ts";
import type { Commands } from "../../../src/framework/interface.ts";
import type { evse_security } from "../../../src/interfaces/evse_security.ts";

const names = [
  "install_ca_certificate",
  "delete_certificate",
  "update_leaf_certificate",
  "verify_certificate",
  "get_installed_certificates",
  "get_v2g_ocsp_request_data",
  "get_mo_ocsp_request_data",
  "update_ocsp_cache",
  "is_ca_certificate_installed",
  "generate_certificate_signing_request",
  "get_leaf_certificate_info",
  "get_all_valid_certificates_info",
  "get_verify_file",
  "get_verify_location",
  "get_leaf_expiry_days_count",
  "verify_file_signature",
] as const;

/** The store as the module's neighbour. */
export function commandsOf(store: CertificateStore): Commands<typeof evse_security> {
  return Object.fromEntries(names.map((name) => [name, store[name].bind(store)])) as never;
}
