/** What this CSMS answers in OCPP 1.6. */
import type { Handlers } from "../../../ocpp/v16/endpoint.ts";
import { heartbeat, notice, securityEvent } from "../notices.ts";
import { bootNotification } from "./bootNotification.ts";
import type { Context } from "./context.ts";
import { dataTransfer } from "./dataTransfer.ts";
import { authorize } from "./idTags.ts";
import { signCertificate } from "./signCertificate.ts";
import { statusNotification } from "./statusNotification.ts";
import { meterValues, startTransaction, stopTransaction } from "./transactions.ts";

export const handlers: Handlers<Context> = {
  Authorize: authorize,
  BootNotification: bootNotification,
  DataTransfer: dataTransfer,
  DiagnosticsStatusNotification: notice("DiagnosticsStatusNotification"),
  FirmwareStatusNotification: notice("FirmwareStatusNotification"),
  Heartbeat: heartbeat,
  LogStatusNotification: notice("LogStatusNotification"),
  MeterValues: meterValues,
  SecurityEventNotification: securityEvent,
  SignCertificate: signCertificate,
  SignedFirmwareStatusNotification: notice("SignedFirmwareStatusNotification"),
  StartTransaction: startTransaction,
  StatusNotification: statusNotification,
  StopTransaction: stopTransaction,
};
