/** DIN SPEC 70121, Annex A: messages about contracts, which the specification leaves out and its schema keeps. */
import { attribute, element, short } from "../../../exi/schema.ts";
import { CertificateChainType, ListOfRootCertificateIDsType } from "../types/certificates.ts";
import {
  certificateType,
  contractIDType,
  dHParamsType,
  idType,
  privateKeyType,
  responseCodeType,
} from "../types/simple.ts";
import { message } from "./base.ts";

/** What both answers carry. */
const newContract = {
  "@Id": attribute(idType, { required: true }),
  ResponseCode: element(responseCodeType),
  ContractSignatureCertChain: element(CertificateChainType),
  ContractSignatureEncryptedPrivateKey: element(privateKeyType),
  DHParams: element(dHParamsType),
  ContractID: element(contractIDType),
};

export const CertificateUpdateReq = message("CertificateUpdateReq", {
  "@Id": attribute(idType),
  ContractSignatureCertChain: element(CertificateChainType),
  ContractID: element(contractIDType),
  ListOfRootCertificateIDs: element(ListOfRootCertificateIDsType),
  DHParams: element(dHParamsType),
});

export const CertificateUpdateRes = message("CertificateUpdateRes", { ...newContract, RetryCounter: element(short) });

export const CertificateInstallationReq = message("CertificateInstallationReq", {
  "@Id": attribute(idType),
  OEMProvisioningCert: element(certificateType),
  ListOfRootCertificateIDs: element(ListOfRootCertificateIDsType),
  DHParams: element(dHParamsType),
});

export const CertificateInstallationRes = message("CertificateInstallationRes", newContract);
