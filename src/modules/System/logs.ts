/** Uploads of what there is to say about the station. */
import type { LogStatus, LogStatusEnum, UploadLogsRequest, UploadLogsResponse } from "../../interfaces/types/system.ts";
import { type FileTransfer, TransferError } from "../../transport/fileTransfer.ts";
import { isoTime } from "../../util/clock.ts";
import type { Logger } from "../../util/log.ts";
import { type Attempts, attempt, Job, type JobPorts } from "./job.ts";

export interface LogPorts extends JobPorts {
  readonly log: Logger;
  readonly transfer: FileTransfer;
  readonly attempts: (request: UploadLogsRequest) => Attempts;
  /** What the file says. */
  readonly content: (request: UploadLogsRequest) => Uint8Array;
  tell(status: LogStatus): void;
}

/** EVerest's request id of an upload that has none. */
const WITHOUT_ID = -1;

export class Logs {
  readonly #ports: LogPorts;
  #job: Job | undefined;

  constructor(ports: LogPorts) {
    this.#ports = ports;
  }

  /** Begins an upload; a running one is called off by a new one (OCPP 2.0.1, N01.FR.20). */
  upload(request: UploadLogsRequest): UploadLogsResponse {
    const { clock, log } = this.#ports;
    const file_name = `diagnostics-${isoTime(clock.now())}.json`;
    const before = this.#job;
    before?.cancel();
    const job: Job = new Job(
      this.#ports,
      async (it) => {
        await before?.done;
        await this.#upload(it, request, file_name);
      },
      (err) => log.error({ err }, "the upload of logs failed"),
    );
    this.#job = job;
    void job.done.then(() => {
      if (this.#job === job) this.#job = undefined;
    });
    return { upload_logs_status: before ? "AcceptedCanceled" : "Accepted", file_name };
  }

  async stop(): Promise<void> {
    this.#job?.cancel();
    await this.#job?.done;
  }

  async #upload(job: Job, request: UploadLogsRequest, name: string): Promise<void> {
    const { transfer, log, attempts, content } = this.#ports;
    const tell = (log_status: LogStatusEnum) =>
      this.#ports.tell({ log_status, request_id: request.request_id ?? WITHOUT_ID });
    const isDone = await attempt(job, attempts(request), async () => {
      tell("Uploading");
      await job.step();
      if (job.isCancelled) return false;
      try {
        await transfer.upload(request.location, name, content(request), job.signal);
      } catch (error) {
        if (!(error instanceof TransferError)) throw error;
        if (job.isCancelled) return false;
        log.warn({}, `the logs could not be put: ${error.message}`);
        tell("UploadFailure");
        return false;
      }
      tell("Uploaded");
      return true;
    });
    if (!isDone && job.isCancelled) tell("AcceptedCanceled");
  }
}
