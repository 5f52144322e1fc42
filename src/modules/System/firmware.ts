/** Firmware updates, signed or not: got, checked, and installed in name only. */
import type {
  FirmwareUpdateMetadata,
  FirmwareUpdateRequest,
  FirmwareUpdateStatus,
  FirmwareUpdateStatusEnum,
  UpdateFirmwareResponse,
} from "../../interfaces/types/system.ts";
import { type FileTransfer, TransferError } from "../../transport/fileTransfer.ts";
import type { Logger } from "../../util/log.ts";
import { isSigned, metadataBehind, metadataIn } from "./firmwareFile.ts";
import { type Attempts, attempt, Job, type JobPorts } from "./job.ts";

/** EVerest's request id of an update that has none, and is not signed. */
export const UNSIGNED = -1;

export interface FirmwarePorts extends JobPorts {
  readonly log: Logger;
  readonly transfer: FileTransfer;
  readonly attempts: (request: FirmwareUpdateRequest) => Attempts;
  tell(status: FirmwareUpdateStatus): void;
  /** The firmware is installed. */
  onInstalled(request: FirmwareUpdateRequest): Promise<void>;
}

type Tell = (status: FirmwareUpdateStatusEnum, metadata?: FirmwareUpdateMetadata) => void;

export class Firmware {
  readonly #ports: FirmwarePorts;
  #job: Job | undefined;
  /** Whether the running job can be called off no more. */
  #isFinal = false;

  constructor(ports: FirmwarePorts) {
    this.#ports = ports;
  }

  /** Begins an update; one that has not come to the installation is called off by a new one (OCPP 2.0.1, L01.FR.24). */
  update(request: FirmwareUpdateRequest): UpdateFirmwareResponse {
    const isUnsigned = request.request_id === UNSIGNED;
    if (!isUnsigned && (request.signing_certificate === undefined || request.signature === undefined)) {
      this.#ports.log.warn({}, "a signed update without certificate or signature is rejected");
      return "Rejected";
    }
    if (this.#job && this.#isFinal) return "Rejected";
    const before = this.#job;
    before?.cancel();
    const job: Job = new Job(
      this.#ports,
      async (it) => {
        await before?.done;
        if (!it.isCancelled) await (isUnsigned ? this.#unsigned(it, request) : this.#signed(it, request));
      },
      (err) => this.#ports.log.error({ err }, "the firmware update failed"),
    );
    this.#job = job;
    this.#isFinal = false;
    void job.done.then(() => {
      if (this.#job === job) this.#job = undefined;
    });
    return before && !isUnsigned ? "AcceptedCanceled" : "Accepted";
  }

  async stop(): Promise<void> {
    this.#job?.cancel();
    await this.#job?.done;
  }

  #teller({ request_id }: FirmwareUpdateRequest, job: Job): Tell {
    return (firmware_update_status, metadata) => {
      if (job.isCancelled) return;
      const more = metadata ? { firmware_update_metadata: metadata } : {};
      this.#ports.tell({ firmware_update_status, request_id, ...more });
    };
  }

  async #unsigned(job: Job, request: FirmwareUpdateRequest): Promise<void> {
    const tell = this.#teller(request, job);
    const { disable_connectors_during_install } = metadataBehind(request.location);
    const metadata =
      disable_connectors_during_install === undefined ? undefined : { disable_connectors_during_install };
    await job.wait(job.until(request.retrieve_timestamp));
    const tellWith: Tell = (status) => tell(status, metadata);
    if ((await this.#download(job, request, tellWith)) === undefined) return;
    await job.step();
    await this.#install(job, request, tellWith);
  }

  async #signed(job: Job, request: FirmwareUpdateRequest): Promise<void> {
    const tell = this.#teller(request, job);
    const untilRetrieval = job.until(request.retrieve_timestamp);
    if (untilRetrieval > 0) tell("DownloadScheduled");
    await job.wait(untilRetrieval);
    await job.step();
    const firmware = await this.#download(job, request, tell);
    if (firmware === undefined || job.isCancelled) return;
    if (!isSigned(firmware, request)) {
      tell("InvalidSignature");
      return;
    }
    tell("SignatureVerified", metadataIn(firmware));
    const untilInstallation = job.until(request.install_timestamp);
    if (untilInstallation > 0) tell("InstallScheduled");
    await job.wait(untilInstallation);
    await this.#install(job, request, tell);
  }

  async #download(job: Job, request: FirmwareUpdateRequest, tell: Tell): Promise<Uint8Array | undefined> {
    const { transfer, log, attempts } = this.#ports;
    let firmware: Uint8Array | undefined;
    await attempt(job, attempts(request), async () => {
      tell("Downloading");
      try {
        firmware = await transfer.download(request.location, job.signal);
      } catch (error) {
        if (!(error instanceof TransferError)) throw error;
        if (!job.isCancelled) log.warn({}, `the firmware could not be got: ${error.message}`);
      }
      await job.step();
      tell(firmware ? "Downloaded" : "DownloadFailed");
      return firmware !== undefined;
    });
    return firmware;
  }

  /** Nothing is replaced: the firmware of this station is a package that others install. */
  async #install(job: Job, request: FirmwareUpdateRequest, tell: Tell): Promise<void> {
    if (job.isCancelled) return;
    this.#isFinal = true;
    tell("Installing");
    await job.step();
    tell("Installed");
    if (!job.isCancelled) await this.#ports.onInstalled(request);
  }
}
