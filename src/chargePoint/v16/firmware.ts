/** Firmware updates by the CSMS, signed or not (OCPP 1.6, 5.19; security whitepaper L01). The system installs, this tells of it. */
import type {
  FirmwareUpdateRequest,
  FirmwareUpdateStatus,
  FirmwareUpdateStatusEnum,
} from "../../interfaces/types/system.ts";
import { readDateTime } from "../../ocpp/dateTime.ts";
import type {
  FirmwareStatusNotificationRequest,
  SignedUpdateFirmwareRequest,
  SignedUpdateFirmwareResponse,
  UpdateFirmwareRequest,
} from "../../ocpp/v16/messages.generated.ts";
import { RpcError } from "../../rpc/errors.ts";
import type { Afterwards } from "../../rpc/peer.ts";
import { isoTime } from "../../util/clock.ts";
import { inBackground } from "../block.ts";
import type { SystemPort } from "../ports.ts";
import type { SecurityEvents } from "../securityEvents.ts";
import { attemptsOf, mayTransfer } from "../transfers.ts";
import type { Availability } from "./availability.ts";
import type { Block, Core } from "./core.ts";
import type { Handlers } from "./csms.ts";
import type { Notices } from "./notices.ts";

/** EVerest's request id of an update that has none. */
const UNSIGNED = -1;

/** What OCPP 1.6 itself has words for; the others are of the security whitepaper. */
const plainStatuses: { readonly [S in FirmwareUpdateStatusEnum]?: FirmwareStatusNotificationRequest["status"] } = {
  Downloaded: "Downloaded",
  DownloadFailed: "DownloadFailed",
  Downloading: "Downloading",
  Idle: "Idle",
  InstallationFailed: "InstallationFailed",
  Installing: "Installing",
  Installed: "Installed",
  InstallRebooting: "Installing",
  InstallVerificationFailed: "InstallationFailed",
  InvalidSignature: "InstallationFailed",
};

const over: readonly FirmwareUpdateStatusEnum[] = [
  "DownloadFailed",
  "InstallationFailed",
  "InstallVerificationFailed",
  "InvalidSignature",
  "Installed",
];

export interface FirmwareBlocks {
  readonly notices: Notices;
  readonly availability: Availability;
  readonly events: SecurityEvents;
}

export class Firmware implements Block {
  readonly #core: Core;
  readonly #blocks: FirmwareBlocks;
  #latest: FirmwareUpdateStatus = { firmware_update_status: "Idle", request_id: UNSIGNED };
  /** The firmware is there, and waits until no connector is in use. */
  #pending = false;

  constructor(core: Core, blocks: FirmwareBlocks) {
    this.#core = core;
    this.#blocks = blocks;
  }

  readonly handlers: Handlers = {
    UpdateFirmware: (request, afterwards) => {
      const system = this.#system();
      afterwards(() => inBackground(this.#core, "UpdateFirmware", () => this.#update(system, request)));
      return {};
    },
    SignedUpdateFirmware: (request, afterwards) => this.#updateSigned(this.#system(), request, afterwards),
  };

  onStatus(status: FirmwareUpdateStatus): void {
    this.#latest = status;
    this.tell(status.request_id !== UNSIGNED);
    const { firmware_update_status: state, request_id, firmware_update_metadata } = status;
    if (state === "InvalidSignature") this.#blocks.events.raise("InvalidFirmwareSignature", undefined, true);
    if (over.includes(state)) this.#resume();
    const ready = state === (request_id === UNSIGNED ? "Downloaded" : "SignatureVerified");
    if (ready && firmware_update_metadata?.disable_connectors_during_install !== false) this.#clear();
  }

  /** A connector may have become free. */
  onSessionEvent(): void {
    if (this.#pending) this.#clear();
  }

  /** Sends the status as it is, in the words of the whitepaper when `signed`. */
  tell(signed: boolean): void {
    const { firmware_update_status: state, request_id } = this.#latest;
    const { notices } = this.#blocks;
    if (signed) {
      const requestId = state === "Idle" || request_id === UNSIGNED ? {} : { requestId: request_id };
      notices.send("SignedFirmwareStatusNotification", { status: state, ...requestId });
      return;
    }
    const status = plainStatuses[state];
    if (status) notices.send("FirmwareStatusNotification", { status });
  }

  /** @throws RpcError where there is nothing that could install firmware. */
  #system(): SystemPort {
    const { config, station } = this.#core;
    if (station.system && config.has("FirmwareManagement")) return station.system;
    throw new RpcError("NotSupported", "this station has no FirmwareManagement");
  }

  async #update(system: SystemPort, { location, retrieveDate, ...request }: UpdateFirmwareRequest): Promise<void> {
    if (!mayTransfer(location, this.#core.config.names("SupportedFileTransferProtocols"))) {
      this.onStatus({ firmware_update_status: "DownloadFailed", request_id: UNSIGNED });
      return;
    }
    await system.update_firmware({
      firmware_update_request: {
        ...{ request_id: UNSIGNED, location, retrieve_timestamp: isoTime(readDateTime(retrieveDate)) },
        ...attemptsOf(request),
      },
    });
  }

  async #updateSigned(
    system: SystemPort,
    request: SignedUpdateFirmwareRequest,
    afterwards: Afterwards,
  ): Promise<SignedUpdateFirmwareResponse> {
    const { config, station } = this.#core;
    const { location, signingCertificate } = request.firmware;
    const validity = await station.security.verify_certificate({
      certificate_chain: signingCertificate,
      certificate_types: ["MF"],
    });
    if (validity !== "Valid") {
      afterwards(() => this.#blocks.events.raise("InvalidFirmwareSigningCertificate", validity));
      return { status: "InvalidCertificate" };
    }
    if (!mayTransfer(location, config.names("SupportedFileTransferProtocols"))) return { status: "Rejected" };
    return { status: await system.update_firmware({ firmware_update_request: signedUpdate(request) }) };
  }

  /** No connector is in use while the firmware is installed. */
  #clear(): void {
    this.#pending = !this.#blocks.availability.suspendAll();
    const { station } = this.#core;
    if (this.#pending) return;
    inBackground(this.#core, "allow_firmware_installation", () => station.system?.allow_firmware_installation({}));
  }

  #resume(): void {
    this.#pending = false;
    this.#blocks.availability.resumeAll();
  }
}

function signedUpdate({ requestId, firmware, ...request }: SignedUpdateFirmwareRequest): FirmwareUpdateRequest {
  const { location, retrieveDateTime, installDateTime, signingCertificate, signature } = firmware;
  return {
    ...{ request_id: requestId, location, signature, signing_certificate: signingCertificate },
    retrieve_timestamp: isoTime(readDateTime(retrieveDateTime)),
    ...(installDateTime === undefined ? {} : { install_timestamp: isoTime(readDateTime(installDateTime)) }),
    ...attemptsOf(request),
  };
}
