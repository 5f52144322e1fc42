/** Certificates of the connection to the CSMS (security whitepaper of OCPP 1.6): its roots, and the station's own leaf. */
import type { CaCertificateType } from "../../interfaces/types/evse_security.ts";
import type { CertificateUseEnumType } from "../../ocpp/v16/messages.generated.ts";
import { toStoreHash, toWireHash } from "../certificateHashes.ts";
import type { CertificateSigning } from "../certificateSigning.ts";
import type { SecurityEvents } from "../securityEvents.ts";
import type { Block, Core } from "./core.ts";
import type { Handlers } from "./csms.ts";

const caTypes: Readonly<Record<CertificateUseEnumType, CaCertificateType>> = {
  CentralSystemRootCertificate: "CSMS",
  ManufacturerRootCertificate: "MF",
};
const storeTypes = {
  CentralSystemRootCertificate: "CSMSRootCertificate",
  ManufacturerRootCertificate: "MFRootCertificate",
} as const;

export function certificatesBlock(core: Core, signing: CertificateSigning, events: SecurityEvents): Block {
  const { config, station } = core;
  const { security } = station;
  const handlers: Handlers = {
    CertificateSigned: async ({ certificateChain }, afterwards) => {
      const result = await signing.take("ChargingStationCertificate", certificateChain);
      if (result === "Accepted") {
        if (config.value("SecurityProfile") === 3) afterwards(() => station.reconnect());
        return { status: "Accepted" };
      }
      // The CSMS hears of it though the event is not among the critical ones.
      afterwards(() => events.raise("InvalidChargePointCertificate", result, true));
      return { status: "Rejected" };
    },
    InstallCertificate: async ({ certificate, certificateType }, afterwards) => {
      const certificate_type = caTypes[certificateType];
      const result = await security.install_ca_certificate({ certificate, certificate_type });
      if (result === "Accepted") return { status: "Accepted" };
      if (result === "WriteError") return { status: "Failed" };
      afterwards(() => events.raise("InvalidCentralSystemCertificate", result));
      return { status: "Rejected" };
    },
    DeleteCertificate: async ({ certificateHashData }) => ({
      status: await security.delete_certificate({ certificate_hash_data: toStoreHash(certificateHashData) }),
    }),
    GetInstalledCertificateIds: async ({ certificateType }) => {
      const certificate_types = [storeTypes[certificateType]];
      const { certificate_hash_data_chain: chains } = await security.get_installed_certificates({ certificate_types });
      if (chains.length === 0) return { status: "NotFound" };
      const certificateHashData = chains.map(({ certificate_hash_data }) => toWireHash(certificate_hash_data));
      return { status: "Accepted", certificateHashData };
    },
  };
  return { handlers };
}
