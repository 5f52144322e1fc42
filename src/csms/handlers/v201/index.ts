/** What this CSMS answers in OCPP 2.0.1. */
import type { Handlers } from "../../../ocpp/v201/endpoint.ts";
import type { StationContext } from "../../context.ts";
import { authorize } from "./authorize.ts";
import { bootNotification } from "./bootNotification.ts";
import { get15118EVCertificate } from "./get15118EVCertificate.ts";
import { getCertificateStatus } from "./getCertificateStatus.ts";
import { heartbeat } from "./heartbeat.ts";
import { notice } from "./notices.ts";
import { notifyReport } from "./notifyReport.ts";
import { securityEventNotification } from "./securityEventNotification.ts";
import { signCertificate } from "./signCertificate.ts";
import { statusNotification } from "./statusNotification.ts";
import { transactionEvent } from "./transactionEvent.ts";

export const handlers: Handlers<StationContext> = {
  Authorize: authorize,
  BootNotification: bootNotification,
  FirmwareStatusNotification: notice("FirmwareStatusNotification"),
  Get15118EVCertificate: get15118EVCertificate,
  GetCertificateStatus: getCertificateStatus,
  Heartbeat: heartbeat,
  LogStatusNotification: notice("LogStatusNotification"),
  MeterValues: notice("MeterValues"),
  NotifyEvent: notice("NotifyEvent"),
  NotifyReport: notifyReport,
  SecurityEventNotification: securityEventNotification,
  SignCertificate: signCertificate,
  StatusNotification: statusNotification,
  TransactionEvent: transactionEvent,
};
