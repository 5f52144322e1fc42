/** DIN SPEC 70121, Annex A: certificates, which the specification leaves out and its schema keeps. */
import { element, optional, repeated } from "../../../exi/schema.ts";
import { certificateType, rootCertificateIDType, types } from "./simple.ts";

const many = Number.POSITIVE_INFINITY;

/** From the leaf's issuer upwards. */
export const SubCertificatesType = types.complexType({ Certificate: repeated(certificateType, 1, many) });

/** A leaf with its chain. */
export const CertificateChainType = types.complexType({
  Certificate: element(certificateType),
  SubCertificates: optional(SubCertificatesType),
});

/** Roots that the EV has. */
export const ListOfRootCertificateIDsType = types.complexType({
  RootCertificateID: repeated(rootCertificateIDType, 1, many),
});
