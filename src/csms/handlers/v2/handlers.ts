/** What this CSMS answers in OCPP 2.0.1, and in 2.1, where these messages are the same. */
import type { StationContext } from "../../context.ts";
import { type ContractWish, certificateStatus, provideContract } from "../certificates.ts";
import { heartbeat, notice, securityEvent } from "../notices.ts";
import { authorize } from "./authorize.ts";
import { bootNotification } from "./bootNotification.ts";
import { notifyReport, statusNotification } from "./reports.ts";
import { signCertificate } from "./signCertificate.ts";
import { transactionEvent } from "./transactionEvent.ts";

/** @param version as in `OCPP 2.0.1`, for the rules that are told. */
export function handlersOf(version: string) {
  return {
    Authorize: authorize,
    BootNotification: bootNotification,
    FirmwareStatusNotification: notice("FirmwareStatusNotification"),
    Get15118EVCertificate: (wish: ContractWish, context: StationContext) => provideContract(wish, context, version),
    GetCertificateStatus: certificateStatus,
    Heartbeat: heartbeat,
    LogStatusNotification: notice("LogStatusNotification"),
    MeterValues: notice("MeterValues"),
    NotifyEvent: notice("NotifyEvent"),
    NotifyReport: notifyReport,
    SecurityEventNotification: securityEvent,
    SignCertificate: signCertificate,
    StatusNotification: statusNotification,
    TransactionEvent: transactionEvent,
  };
}
