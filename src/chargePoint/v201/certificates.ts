/** Functional block M of OCPP 2.0.1: the CSMS looks after the station's roots, and serves contracts to cars (M01 to M05). */
import type { RequestExiStreamSchema, ResponseExiStreamStatus } from "../../interfaces/types/iso15118.ts";
import type {
  InstallCertificateRequest,
  InstallCertificateResponse,
  InstallCertificateUseEnumType,
} from "../../ocpp/v201/messages.generated.ts";
import { certificateForCar } from "../carCertificates.ts";
import { toStoreHash } from "../certificateHashes.ts";
import { allCertificateTypes, caTypes, installedCertificates } from "../installedCertificates.ts";
import type { SecurityEvents } from "../securityEvents.ts";
import type { Block, Core } from "./core.ts";
import type { Handlers } from "./csms.ts";

export class Certificates implements Block {
  readonly #core: Core;
  readonly #events: SecurityEvents;

  constructor(core: Core, events: SecurityEvents) {
    this.#core = core;
    this.#events = events;
  }

  readonly handlers: Handlers = {
    InstallCertificate: (request) => this.#install(request),
    DeleteCertificate: async ({ certificateHashData }) => {
      const hash = toStoreHash(certificateHashData);
      const status = await this.#core.station.security.delete_certificate({ certificate_hash_data: hash });
      if (status === "Accepted") {
        const what = `Deleted certificate with serial number: ${hash.serial_number}`;
        this.#events.raise("ReconfigurationOfSecurityParameters", what);
      }
      return { status };
    },
    GetInstalledCertificateIds: ({ certificateType = allCertificateTypes }) =>
      installedCertificates(this.#core.station.security, certificateType),
  };

  forCar(request: RequestExiStreamSchema): Promise<ResponseExiStreamStatus> {
    const { csms, model, trace } = this.#core;
    return certificateForCar(
      {
        trace,
        enabled: () => model.value("ISO15118Ctrlr.ContractCertificateInstallationEnabled") === true,
        enabledKey: "ISO15118Ctrlr.ContractCertificateInstallationEnabled",
        ask: (wanted) => csms.call("Get15118EVCertificate", wanted),
      },
      request,
    );
  }

  async #install({ certificateType, certificate }: InstallCertificateRequest): Promise<InstallCertificateResponse> {
    if (!this.#mayInstall(certificateType)) {
      const additionalInfo = "not allowed over an unsecured connection";
      return { status: "Rejected", statusInfo: { reasonCode: "Unspecified", additionalInfo } };
    }
    const certificate_type = caTypes[certificateType];
    const result = await this.#core.station.security.install_ca_certificate({ certificate, certificate_type });
    if (result === "Accepted") {
      this.#events.raise("ReconfigurationOfSecurityParameters", `Installed certificate: ${certificateType}`);
      return { status: "Accepted" };
    }
    const status = result === "WriteError" ? "Failed" : "Rejected";
    return { status, statusInfo: { reasonCode: "InvalidCertificate", additionalInfo: result } };
  }

  /** Without TLS the roots of CSMS and manufacturer may be kept from being changed. */
  #mayInstall(type: InstallCertificateUseEnumType): boolean {
    const { model } = this.#core;
    if ((model.value("SecurityCtrlr.SecurityProfile") ?? 0) > 1) return true;
    if (type === "CSMSRootCertificate") {
      return model.value("InternalCtrlr.AllowCSMSRootCertInstallWithUnsecureConnection") !== false;
    }
    if (type === "ManufacturerRootCertificate") {
      return model.value("InternalCtrlr.AllowMFRootCertInstallWithUnsecureConnection") !== false;
    }
    return true;
  }
}
