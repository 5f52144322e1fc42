/** What the CSMS may know of the certificates at the station, in the words of OCPP 2.0.1, which the extension of 1.6 takes over. */
import type { CaCertificateType, CertificateType } from "../interfaces/types/evse_security.ts";
import type {
  GetCertificateIdUseEnumType,
  GetInstalledCertificateIdsResponse,
  InstallCertificateUseEnumType,
} from "../ocpp/v201/messages.generated.ts";
import { toWireHash } from "./certificateHashes.ts";
import type { SecurityPort } from "./ports.ts";

/** What a root is for. */
export const caTypes: Readonly<Record<InstallCertificateUseEnumType, CaCertificateType>> = {
  V2GRootCertificate: "V2G",
  MORootCertificate: "MO",
  CSMSRootCertificate: "CSMS",
  ManufacturerRootCertificate: "MF",
};

const storeTypes: Readonly<Record<GetCertificateIdUseEnumType, CertificateType>> = {
  V2GRootCertificate: "V2GRootCertificate",
  MORootCertificate: "MORootCertificate",
  CSMSRootCertificate: "CSMSRootCertificate",
  V2GCertificateChain: "V2GCertificateChain",
  ManufacturerRootCertificate: "MFRootCertificate",
};
const wireTypes = Object.fromEntries(Object.entries(storeTypes).map(([wire, store]) => [store, wire])) as Readonly<
  Record<CertificateType, GetCertificateIdUseEnumType>
>;

export const allCertificateTypes = Object.keys(storeTypes) as readonly GetCertificateIdUseEnumType[];

/** GetInstalledCertificateIds. */
export async function installedCertificates(
  security: SecurityPort,
  types: readonly GetCertificateIdUseEnumType[],
): Promise<GetInstalledCertificateIdsResponse> {
  const { status, certificate_hash_data_chain } = await security.get_installed_certificates({
    certificate_types: types.map((type) => storeTypes[type]),
  });
  if (status !== "Accepted" || certificate_hash_data_chain.length === 0) return { status: "NotFound" };
  const certificateHashDataChain = certificate_hash_data_chain.map((chain) => ({
    certificateType: wireTypes[chain.certificate_type],
    certificateHashData: toWireHash(chain.certificate_hash_data),
    ...(chain.child_certificate_hash_data?.length
      ? { childCertificateHashData: chain.child_certificate_hash_data.map(toWireHash) }
      : {}),
  }));
  return { status: "Accepted", certificateHashDataChain };
}
