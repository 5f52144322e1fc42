/** Functional block N of OCPP 2.0.1, first part: the CSMS gets logs (N01). The system uploads, this tells of it. */
import type { LogStatus } from "../../interfaces/types/system.ts";
import { readDateTime } from "../../ocpp/dateTime.ts";
import type {
  GetLogRequest,
  GetLogResponse,
  LogStatusNotificationRequest,
} from "../../ocpp/v201/messages.generated.ts";
import { RpcError } from "../../rpc/errors.ts";
import { isoTime } from "../../util/clock.ts";
import { inBackground } from "../block.ts";
import { attemptsOf, mayTransfer } from "../transfers.ts";
import type { Block, Core } from "./core.ts";
import type { Handlers } from "./csms.ts";

const MAX_FILE_NAME = 255;

export class Logs implements Block {
  readonly #core: Core;
  /** What is under way. */
  #latest: LogStatusNotificationRequest = { status: "Idle" };

  constructor(core: Core) {
    this.#core = core;
  }

  readonly handlers: Handlers = { GetLog: (request) => this.#upload(request) };

  onStatus({ log_status: status, request_id }: LogStatus): void {
    this.#latest = { status, ...(status === "Idle" || request_id < 0 ? {} : { requestId: request_id }) };
    this.tell();
    // What has ended is told once; asked again there is nothing under way (N01.FR.15).
    if (status !== "Uploading") this.#latest = { status: "Idle" };
  }

  /** Sends the status as it is. */
  tell(): void {
    const notification = this.#latest;
    inBackground(this.#core, "LogStatusNotification", () =>
      this.#core.csms.call("LogStatusNotification", notification),
    );
  }

  async #upload({ log, logType, requestId, ...request }: GetLogRequest): Promise<GetLogResponse> {
    const { system } = this.#core.station;
    if (!system) throw new RpcError("NotSupported", "nothing here can upload logs");
    const { remoteLocation, oldestTimestamp, latestTimestamp } = log;
    if (!mayTransfer(remoteLocation, [])) {
      const statusInfo = { reasonCode: "InvalidURL", additionalInfo: "no log is put there" };
      return { status: "Rejected", statusInfo };
    }
    const { upload_logs_status: status, file_name } = await system.upload_logs({
      upload_logs_request: {
        ...{ location: remoteLocation, type: logType, request_id: requestId },
        ...(oldestTimestamp === undefined ? {} : { oldest_timestamp: isoTime(readDateTime(oldestTimestamp)) }),
        ...(latestTimestamp === undefined ? {} : { latest_timestamp: isoTime(readDateTime(latestTimestamp)) }),
        ...attemptsOf(request),
      },
    });
    return { status, ...(file_name === undefined ? {} : { filename: file_name.slice(0, MAX_FILE_NAME) }) };
  }
}
