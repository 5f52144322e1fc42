/** Certificate hash data as OCPP and as EVerest write them. */
import type { CertificateHashData, OCSPRequestData } from "../interfaces/types/evse_security.ts";
import type { CertificateHashDataType, OCSPRequestDataType } from "../ocpp/v201/messages.generated.ts";

export function toWireHash(hash: CertificateHashData): CertificateHashDataType {
  return {
    hashAlgorithm: hash.hash_algorithm,
    issuerNameHash: hash.issuer_name_hash,
    issuerKeyHash: hash.issuer_key_hash,
    serialNumber: hash.serial_number,
  };
}

export function toStoreHash(hash: CertificateHashDataType): CertificateHashData {
  return {
    hash_algorithm: hash.hashAlgorithm,
    issuer_name_hash: hash.issuerNameHash,
    issuer_key_hash: hash.issuerKeyHash,
    serial_number: hash.serialNumber,
  };
}

/** Undefined for a certificate about which no responder can be asked. */
export function toOcspRequest({
  certificate_hash_data,
  responder_url,
}: OCSPRequestData): OCSPRequestDataType | undefined {
  if (!certificate_hash_data || responder_url === undefined) return undefined;
  return { ...toWireHash(certificate_hash_data), responderURL: responder_url };
}
