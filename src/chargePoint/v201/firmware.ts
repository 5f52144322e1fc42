/** Functional block L of OCPP 2.0.1: the CSMS has firmware installed, signed or not (L01, L02). The system installs, this tells of it. */
import type { FirmwareUpdateStatus, FirmwareUpdateStatusEnum } from "../../interfaces/types/system.ts";
import { readDateTime } from "../../ocpp/dateTime.ts";
import type {
  FirmwareStatusNotificationRequest,
  UpdateFirmwareRequest,
  UpdateFirmwareResponse,
} from "../../ocpp/v201/messages.generated.ts";
import { RpcError } from "../../rpc/errors.ts";
import type { Afterwards } from "../../rpc/peer.ts";
import { isoTime } from "../../util/clock.ts";
import { inBackground } from "../block.ts";
import type { SecurityEvents } from "../securityEvents.ts";
import { attemptsOf, mayTransfer } from "../transfers.ts";
import type { Availability } from "./availability.ts";
import type { Block, Core } from "./core.ts";
import type { Handlers } from "./csms.ts";

const over: readonly FirmwareUpdateStatusEnum[] = [
  "DownloadFailed",
  "InstallationFailed",
  "InstallVerificationFailed",
  "InvalidSignature",
  "Installed",
];

export class Firmware implements Block {
  readonly #core: Core;
  readonly #availability: Availability;
  readonly #events: SecurityEvents;
  #latest: FirmwareStatusNotificationRequest = { status: "Idle" };
  /** Whether the update under way has a signature to be checked. */
  #signed = false;
  /** The firmware is there, and waits until no transaction runs. */
  #pending = false;

  constructor(core: Core, availability: Availability, events: SecurityEvents) {
    this.#core = core;
    this.#availability = availability;
    this.#events = events;
  }

  readonly handlers: Handlers = {
    UpdateFirmware: (request, afterwards) => this.#update(request, afterwards),
  };

  onStatus({ firmware_update_status: status, request_id, firmware_update_metadata }: FirmwareUpdateStatus): void {
    this.#latest = { status, ...(status === "Idle" || request_id < 0 ? {} : { requestId: request_id }) };
    this.tell();
    if (status === "InvalidSignature") this.#events.raise("InvalidFirmwareSignature");
    if (status === "Installed") this.#events.raise("FirmwareUpdated");
    if (over.includes(status)) this.#resume();
    const ready = status === (this.#signed ? "SignatureVerified" : "Downloaded");
    if (ready && firmware_update_metadata?.disable_connectors_during_install !== false) this.#clear();
  }

  /** A transaction may have ended. */
  onSessionEvent(): void {
    if (this.#pending) this.#clear();
  }

  /** Sends the status as it is. What has ended is told once; asked again there is nothing under way (L01.FR.26). */
  tell(): void {
    const notification = this.#latest;
    inBackground(this.#core, "FirmwareStatusNotification", () =>
      this.#core.csms.call("FirmwareStatusNotification", notification),
    );
    if (over.includes(notification.status as FirmwareUpdateStatusEnum)) this.#latest = { status: "Idle" };
  }

  async #update(request: UpdateFirmwareRequest, afterwards: Afterwards): Promise<UpdateFirmwareResponse> {
    const { station } = this.#core;
    const { system } = station;
    if (!system) throw new RpcError("NotSupported", "nothing here can install firmware");
    const { location, retrieveDateTime, installDateTime, signingCertificate, signature } = request.firmware;
    if ((signingCertificate === undefined) !== (signature === undefined)) {
      return refused("InvalidValue", "a signature and the certificate for it come together");
    }
    if (signingCertificate !== undefined) {
      const validity = await station.security.verify_certificate({
        certificate_chain: signingCertificate,
        certificate_types: ["MF"],
      });
      if (validity !== "Valid") {
        afterwards(() => this.#events.raise("InvalidFirmwareSigningCertificate", validity));
        return { status: "InvalidCertificate" };
      }
    }
    if (!mayTransfer(location, [])) return refused("InvalidURL", "no firmware is taken from there");
    this.#signed = signingCertificate !== undefined;
    const status = await system.update_firmware({
      firmware_update_request: {
        ...{ request_id: request.requestId, location, retrieve_timestamp: isoTime(readDateTime(retrieveDateTime)) },
        ...(installDateTime === undefined ? {} : { install_timestamp: isoTime(readDateTime(installDateTime)) }),
        ...(signingCertificate === undefined ? {} : { signing_certificate: signingCertificate }),
        ...(signature === undefined ? {} : { signature }),
        ...attemptsOf(request),
      },
    });
    return { status };
  }

  /** No connector is in use while the firmware is installed (L01.FR.06, FR.07). */
  #clear(): void {
    this.#pending = !this.#availability.suspendAll();
    const { station } = this.#core;
    if (this.#pending) return;
    inBackground(this.#core, "allow_firmware_installation", () => station.system?.allow_firmware_installation({}));
  }

  #resume(): void {
    this.#pending = false;
    this.#availability.resumeAll();
  }
}

function refused(reasonCode: string, additionalInfo: string): UpdateFirmwareResponse {
  return { status: "Rejected", statusInfo: { reasonCode, additionalInfo } };
}
