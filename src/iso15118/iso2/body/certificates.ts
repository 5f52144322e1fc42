/** ISO 15118-2, 8.4.3.10 and 8.4.3.11: a contract is renewed or put into the EV. */
import { attribute, element, type Infer, optional, short } from "../../../exi/schema.ts";
import {
  CertificateChainType,
  ContractSignatureEncryptedPrivateKeyType,
  DiffieHellmanPublickeyType,
  EMAIDType,
  ListOfRootCertificateIDsType,
} from "../types/certificates.ts";
import { certificateType, eMAIDType, idType, responseCodeType } from "../types/simple.ts";
import { message } from "./base.ts";

/** What both answers carry; the last four elements are signed by the provisioning service. */
const newContract = {
  ResponseCode: element(responseCodeType),
  SAProvisioningCertificateChain: element(CertificateChainType),
  ContractSignatureCertChain: element(CertificateChainType),
  ContractSignatureEncryptedPrivateKey: element(ContractSignatureEncryptedPrivateKeyType),
  DHpublickey: element(DiffieHellmanPublickeyType),
  eMAID: element(EMAIDType),
};

/** 8.4.3.10.2: signed with the old contract's key. */
export const CertificateUpdateReq = message("CertificateUpdateReq", {
  "@Id": attribute(idType, { required: true }),
  ContractSignatureCertChain: element(CertificateChainType),
  eMAID: element(eMAIDType),
  ListOfRootCertificateIDs: element(ListOfRootCertificateIDsType),
});

/** 8.4.3.10.3 */
export const CertificateUpdateRes = message("CertificateUpdateRes", {
  ...newContract,
  /** Of a refusal: days until the EV may ask again, 0 for at the next charging, -1 for never [V2G2-696]. */
  RetryCounter: optional(short),
});

/** 8.4.3.11.2: signed with the provisioning certificate's key. */
export const CertificateInstallationReq = message("CertificateInstallationReq", {
  "@Id": attribute(idType, { required: true }),
  OEMProvisioningCert: element(certificateType),
  ListOfRootCertificateIDs: element(ListOfRootCertificateIDsType),
});

/** 8.4.3.11.3 */
export const CertificateInstallationRes = message("CertificateInstallationRes", newContract);

export type CertificateUpdateReq = Infer<typeof CertificateUpdateReq>;
export type CertificateUpdateRes = Infer<typeof CertificateUpdateRes>;
export type CertificateInstallationReq = Infer<typeof CertificateInstallationReq>;
export type CertificateInstallationRes = Infer<typeof CertificateInstallationRes>;
