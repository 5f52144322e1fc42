/** Functional block M of OCPP 2.0.1: the CSMS looks after the station's roots, and serves contracts to cars (M01 to M05). */
import type { CaCertificateType, CertificateType } from "../../interfaces/types/evse_security.ts";
import type { RequestExiStreamSchema, ResponseExiStreamStatus } from "../../interfaces/types/iso15118.ts";
import type {
  GetCertificateIdUseEnumType,
  InstallCertificateRequest,
  InstallCertificateResponse,
  InstallCertificateUseEnumType,
} from "../../ocpp/v201/messages.generated.ts";
import { toStoreHash, toWireHash } from "../certificateHashes.ts";
import type { SecurityEvents } from "../securityEvents.ts";
import type { Block, Core } from "./core.ts";
import type { Handlers } from "./csms.ts";

const caTypes: Readonly<Record<InstallCertificateUseEnumType, CaCertificateType>> = {
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
    GetInstalledCertificateIds: async ({
      certificateType = Object.keys(storeTypes) as GetCertificateIdUseEnumType[],
    }) => {
      const { status, certificate_hash_data_chain } = await this.#core.station.security.get_installed_certificates({
        certificate_types: certificateType.map((type) => storeTypes[type]),
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
    },
  };

  /** Passes a car's CertificateInstallationReq or CertificateUpdateReq to the CSMS and its answer back, unchanged (M01, M02). */
  async forCar(request: RequestExiStreamSchema): Promise<ResponseExiStreamStatus> {
    const { csms, model } = this.#core;
    const { certificate_action, exi_request, iso15118_schema_version } = request;
    const failed = { status: "Failed", certificate_action } as const;
    if (model.value("ISO15118Ctrlr.ContractCertificateInstallationEnabled") !== true) {
      this.#refuse(
        "contract installation is switched off",
        "Set ISO15118Ctrlr.ContractCertificateInstallationEnabled to true.",
      );
      return failed;
    }
    const outcome = await csms.call("Get15118EVCertificate", {
      iso15118SchemaVersion: iso15118_schema_version,
      action: certificate_action,
      exiRequest: exi_request,
    });
    if (outcome.kind !== "answered") {
      this.#refuse(
        `no contract for the car: ${outcome.reason}`,
        "Look at the CSMS's log, and at the connection to it.",
      );
      return failed;
    }
    const { status, exiResponse } = outcome.response;
    return { status, certificate_action, ...(exiResponse ? { exi_response: exiResponse } : {}) };
  }

  #refuse(title: string, fix: string): void {
    this.#core.trace.add({ step: 2, kind: "decision", from: "OCPP", title, outcome: "refused", rule: "M01, M02", fix });
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
