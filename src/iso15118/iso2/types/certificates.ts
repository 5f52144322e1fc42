/** ISO 15118-2, 8.5.2.5, 8.5.2.26 to 8.5.2.30: certificates and what travels with a new contract. */
import { attribute, element, type Infer, optional, repeated } from "../../../exi/schema.ts";
import { X509IssuerSerialType } from "../../xmldsig.ts";
import { certificateType, dHpublickeyType, eMAIDType, idType, privateKeyType, types } from "./simple.ts";

/** 8.5.2.26: from the leaf's issuer upwards, without the root. */
export const SubCertificatesType = types.complexType({ Certificate: repeated(certificateType, 1, 4) });

/** 8.5.2.5: a leaf with its chain; `@Id` where the chain is signed. */
export const CertificateChainType = types.complexType({
  "@Id": attribute(idType),
  Certificate: element(certificateType),
  SubCertificates: optional(SubCertificatesType),
});
export type CertificateChain = Infer<typeof CertificateChainType>;

/** 8.5.2.27: roots that the EV has, so that the answer's chain ends at one of them. */
export const ListOfRootCertificateIDsType = types.complexType({
  RootCertificateID: repeated(X509IssuerSerialType, 1, 20),
});

/** 8.5.2.28: the contract's private key, encrypted for the EV. */
export const ContractSignatureEncryptedPrivateKeyType = types.simpleContent(privateKeyType, {
  "@Id": attribute(idType, { required: true }),
});

/** 8.5.2.29: the sender's part of the Diffie-Hellman exchange. */
export const DiffieHellmanPublickeyType = types.simpleContent(dHpublickeyType, {
  "@Id": attribute(idType, { required: true }),
});

/** 8.5.2.30: an eMAID that a signature refers to. */
export const EMAIDType = types.simpleContent(eMAIDType, { "@Id": attribute(idType, { required: true }) });
