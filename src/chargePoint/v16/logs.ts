/** The CSMS gets logs and diagnostics (OCPP 1.6, 5.9; security whitepaper N01). The system uploads, this tells of it. */
import type { LogStatus, LogStatusEnum, UploadLogsRequest } from "../../interfaces/types/system.ts";
import { readDateTime } from "../../ocpp/dateTime.ts";
import type {
  DiagnosticsStatusNotificationRequest,
  GetDiagnosticsRequest,
  GetDiagnosticsResponse,
  GetLogRequest,
  GetLogResponse,
  UploadLogStatusEnumType,
} from "../../ocpp/v16/messages.generated.ts";
import { isoTime } from "../../util/clock.ts";
import { attemptsOf, mayTransfer } from "../transfers.ts";
import type { Block, Core } from "./core.ts";
import type { Handlers } from "./csms.ts";
import type { Notices } from "./notices.ts";

/** EVerest's request id of an upload that has none. */
const DIAGNOSTICS = -1;
const MAX_FILE_NAME = 255;

const diagnosticsStatuses: { readonly [S in LogStatusEnum]?: DiagnosticsStatusNotificationRequest["status"] } = {
  Idle: "Idle",
  Uploaded: "Uploaded",
  Uploading: "Uploading",
  UploadFailure: "UploadFailed",
  BadMessage: "UploadFailed",
  NotSupportedOperation: "UploadFailed",
  PermissionDenied: "UploadFailed",
};

const logStatuses: { readonly [S in LogStatusEnum]?: UploadLogStatusEnumType } = {
  BadMessage: "BadMessage",
  Idle: "Idle",
  NotSupportedOperation: "NotSupportedOperation",
  PermissionDenied: "PermissionDenied",
  Uploaded: "Uploaded",
  UploadFailure: "UploadFailure",
  Uploading: "Uploading",
};

export class Logs implements Block {
  readonly #core: Core;
  readonly #notices: Notices;
  /** What is under way, by the kind of request. */
  #diagnostics: DiagnosticsStatusNotificationRequest = { status: "Idle" };
  #log: { readonly status: UploadLogStatusEnumType; readonly requestId?: number } = { status: "Idle" };

  constructor(core: Core, notices: Notices) {
    this.#core = core;
    this.#notices = notices;
  }

  readonly handlers: Handlers = {
    GetDiagnostics: (request) => this.#getDiagnostics(request),
    GetLog: (request) => this.#getLog(request),
  };

  onStatus({ log_status, request_id }: LogStatus): void {
    const status = logStatuses[log_status];
    const diagnostics = diagnosticsStatuses[log_status];
    if (request_id === DIAGNOSTICS && diagnostics) {
      this.#diagnostics = { status: diagnostics };
      this.tellDiagnostics();
      if (diagnostics !== "Uploading") this.#diagnostics = { status: "Idle" };
    }
    if (request_id !== DIAGNOSTICS && status) {
      this.#log = { status, requestId: request_id };
      this.tellLog();
      // What has ended is told once; asked again there is nothing under way.
      if (status !== "Uploading") this.#log = { status: "Idle" };
    }
  }

  tellDiagnostics(): void {
    this.#notices.send("DiagnosticsStatusNotification", this.#diagnostics);
  }

  tellLog(): void {
    this.#notices.send("LogStatusNotification", this.#log);
  }

  async #getDiagnostics({
    location,
    startTime,
    stopTime,
    ...request
  }: GetDiagnosticsRequest): Promise<GetDiagnosticsResponse> {
    const { fileName } = await this.#upload({
      ...{ location, ...attemptsOf(request) },
      ...timesOf(startTime, stopTime),
    });
    return fileName === undefined ? {} : { fileName };
  }

  async #getLog({ log, logType, requestId, ...request }: GetLogRequest): Promise<GetLogResponse> {
    const { status, fileName } = await this.#upload({
      ...{ location: log.remoteLocation, type: logType, request_id: requestId },
      ...attemptsOf(request),
      ...timesOf(log.oldestTimestamp, log.latestTimestamp),
    });
    return { status, ...(fileName === undefined ? {} : { filename: fileName }) };
  }

  async #upload(
    upload_logs_request: UploadLogsRequest,
  ): Promise<{ status: GetLogResponse["status"]; fileName?: string }> {
    const { config, station } = this.#core;
    if (!station.system || !mayTransfer(upload_logs_request.location, config.names("SupportedFileTransferProtocols")))
      return { status: "Rejected" };
    const { upload_logs_status: status, file_name } = await station.system.upload_logs({ upload_logs_request });
    return { status, ...(file_name === undefined ? {} : { fileName: file_name.slice(0, MAX_FILE_NAME) }) };
  }
}

function timesOf(oldest: string | undefined, latest: string | undefined) {
  return {
    ...(oldest === undefined ? {} : { oldest_timestamp: isoTime(readDateTime(oldest)) }),
    ...(latest === undefined ? {} : { latest_timestamp: isoTime(readDateTime(latest)) }),
  };
}
