/** What each message of OCPP 2.0.1 that a station can receive is answered: right, wrong, or about what is not there. */
import { expect } from "vitest";
import type { Calls } from "../../../src/ocpp/v201/messages.generated.ts";
import type { ActionRow } from "../actionTable.ts";

const missing = "OccurenceConstraintViolation";
const badType = "TypeConstraintViolation";
const badValue = "FormatViolation";
const extra = "PropertyConstraintViolation";

export const future = "2030-01-01T00:00:00Z";
const hash = {
  hashAlgorithm: "SHA256",
  issuerNameHash: "aa".repeat(32),
  issuerKeyHash: "bb".repeat(32),
  serialNumber: "1f",
};
const variable = { component: { name: "TxCtrlr" }, variable: { name: "EVConnectionTimeOut" } };
const nowhere = { component: { name: "NoSuchCtrlr" }, variable: { name: "EVConnectionTimeOut" } };
const schedule = { id: 1, chargingRateUnit: "A", chargingSchedulePeriod: [{ startPeriod: 0, limit: 16 }] };
export const profile = {
  ...{ id: 7, stackLevel: 0, chargingProfilePurpose: "TxDefaultProfile", chargingProfileKind: "Relative" },
  chargingSchedule: [schedule],
};
const network = {
  ...{ ocppVersion: "OCPP20", ocppTransport: "JSON", ocppCsmsUrl: "ws://csms/ocpp", messageTimeout: 30 },
  ...{ securityProfile: 1, ocppInterface: "Wired0" },
};
const card = { idToken: "04AABBCCDD", type: "ISO14443" };
const message = { id: 1, priority: "NormalCycle", message: { format: "UTF8", content: "hello" } };
export const monitor = { ...variable, value: 1, type: "Delta", severity: 5 };
const notHere = "NotSupported";

export const rows: Readonly<Record<string, ActionRow>> = {
  CancelReservation: {
    right: [{ reservationId: 1 }, { status: "Accepted" }],
    wrong: [{ reservationId: "1" }, badType],
  },
  CertificateSigned: {
    right: [{ certificateChain: "chain", certificateType: "V2GCertificate" }, { status: "Accepted" }],
    wrong: [{ certificateChain: "x".repeat(10_001) }, badValue],
  },
  ChangeAvailability: {
    right: [{ operationalStatus: "Inoperative", evse: { id: 1 } }, { status: "Accepted" }],
    wrong: [{ operationalStatus: "Off" }, badValue],
    unknown: [{ operationalStatus: "Operative", evse: { id: 9 } }, { status: "Rejected" }],
  },
  ClearCache: { right: [{}, { status: "Accepted" }], wrong: [{ all: true }, extra] },
  ClearChargingProfile: {
    right: [{ chargingProfileId: 7 }, { status: "Accepted" }],
    wrong: [{ chargingProfileId: "7" }, badType],
    unknown: [{ chargingProfileId: 8 }, { status: "Unknown" }],
  },
  ClearDisplayMessage: { right: [{ id: 1 }, notHere], wrong: [{}, missing] },
  ClearVariableMonitoring: {
    right: [{ id: [1] }, { clearMonitoringResult: [{ id: 1, status: "Accepted" }] }],
    wrong: [{ id: [] }, missing],
    unknown: [{ id: [99] }, { clearMonitoringResult: [{ id: 99, status: "NotFound" }] }],
  },
  CostUpdated: { right: [{ totalCost: 1.5, transactionId: "tx" }, notHere], wrong: [{ totalCost: 1.5 }, missing] },
  CustomerInformation: {
    right: [{ requestId: 1, report: true, clear: false, idToken: card }, { status: "Accepted" }],
    wrong: [{ requestId: 1, report: "yes", clear: false }, badType],
    unknown: [{ requestId: 1, report: true, clear: false }, { status: "Invalid" }],
  },
  DataTransfer: {
    right: [{ vendorId: "acme" }, { status: "UnknownVendorId" }],
    wrong: [{ messageId: "m" }, missing],
  },
  DeleteCertificate: {
    right: [{ certificateHashData: hash }, { status: "Accepted" }],
    wrong: [{ certificateHashData: { ...hash, hashAlgorithm: "MD5" } }, badValue],
  },
  GetBaseReport: {
    right: [{ requestId: 1, reportBase: "FullInventory" }, { status: "Accepted" }],
    wrong: [{ requestId: 1, reportBase: "Everything" }, badValue],
  },
  GetChargingProfiles: {
    right: [{ requestId: 1, chargingProfile: {} }, { status: "Accepted" }],
    wrong: [{ requestId: 1 }, missing],
    unknown: [{ requestId: 1, evseId: 9, chargingProfile: {} }, { status: "NoProfiles" }],
  },
  GetCompositeSchedule: {
    right: [
      { evseId: 1, duration: 600 },
      { status: "Accepted", schedule: { evseId: 1 } },
    ],
    wrong: [{ evseId: 1, duration: 600, chargingRateUnit: "VA" }, badValue],
    unknown: [{ evseId: 9, duration: 600 }, { status: "Rejected" }],
  },
  GetDisplayMessages: { right: [{ requestId: 1 }, notHere], wrong: [{}, missing] },
  GetInstalledCertificateIds: {
    right: [{}, { status: "Accepted" }],
    wrong: [{ certificateType: ["CarCertificate"] }, badValue],
  },
  GetLocalListVersion: { right: [{}, { versionNumber: 0 }], wrong: [{ of: 1 }, extra] },
  GetLog: {
    right: [
      { requestId: 1, logType: "SecurityLog", log: { remoteLocation: "https://csms/logs" } },
      { status: "Accepted", filename: "log.zip" },
    ],
    wrong: [{ requestId: 1, logType: "SecretLog", log: { remoteLocation: "https://csms/logs" } }, badValue],
    unknown: [
      { requestId: 1, logType: "SecurityLog", log: { remoteLocation: "file:///etc/passwd" } },
      { status: "Rejected" },
    ],
  },
  GetMonitoringReport: {
    right: [{ requestId: 1 }, { status: "Accepted" }],
    wrong: [{ requestId: 1, monitoringCriteria: ["All"] }, badValue],
    unknown: [
      { requestId: 1, componentVariable: [{ component: { name: "NoSuchCtrlr" } }] },
      { status: "EmptyResultSet" },
    ],
  },
  GetReport: {
    right: [{ requestId: 1, componentVariable: [variable] }, { status: "Accepted" }],
    wrong: [{ requestId: 1, componentCriteria: ["Broken"] }, badValue],
    unknown: [{ requestId: 1, componentVariable: [nowhere] }, { status: "EmptyResultSet" }],
  },
  GetTransactionStatus: {
    right: [{}, { messagesInQueue: expect.any(Boolean) }],
    wrong: [{ transactionId: 7 }, badType],
    unknown: [{ transactionId: "none" }, { ongoingIndicator: false, messagesInQueue: false }],
  },
  GetVariables: {
    right: [{ getVariableData: [variable] }, { getVariableResult: [{ attributeStatus: "Accepted" }] }],
    wrong: [{ getVariableData: [] }, missing],
    unknown: [{ getVariableData: [nowhere] }, { getVariableResult: [{ attributeStatus: "UnknownComponent" }] }],
  },
  InstallCertificate: {
    right: [{ certificateType: "MORootCertificate", certificate: "pem" }, { status: "Accepted" }],
    wrong: [{ certificateType: "MORootCertificate" }, missing],
  },
  PublishFirmware: {
    right: [{ location: "https://csms/fw", checksum: "x", requestId: 1 }, notHere],
    wrong: [{ location: "https://csms/fw", requestId: 1 }, missing],
  },
  RequestStartTransaction: {
    right: [{ idToken: card, remoteStartId: 1, evseId: 1 }, { status: "Accepted" }],
    wrong: [{ idToken: { idToken: "x".repeat(37), type: "ISO14443" }, remoteStartId: 1 }, badValue],
    unknown: [{ idToken: card, remoteStartId: 1, evseId: 9 }, { status: "Rejected" }],
  },
  RequestStopTransaction: {
    right: [{ transactionId: "none" }, { status: "Rejected" }],
    wrong: [{ transactionId: 1 }, badType],
  },
  ReserveNow: {
    right: [{ id: 1, expiryDateTime: future, idToken: card, evseId: 1 }, { status: "Accepted" }],
    wrong: [{ id: 1, expiryDateTime: "tomorrow", idToken: card }, badValue],
    unknown: [{ id: 1, expiryDateTime: future, idToken: card, evseId: 9 }, { status: "Rejected" }],
  },
  Reset: {
    right: [{ type: "OnIdle" }, { status: "Accepted" }],
    wrong: [{ type: "Hard" }, badValue],
    unknown: [{ type: "Immediate", evseId: 9 }, { status: "Rejected" }],
  },
  SendLocalList: {
    right: [{ versionNumber: 1, updateType: "Full" }, { status: "Accepted" }],
    wrong: [{ versionNumber: 1, updateType: "Half" }, badValue],
    unknown: [{ versionNumber: 0, updateType: "Differential" }, { status: "Failed" }],
  },
  SetChargingProfile: {
    right: [{ evseId: 1, chargingProfile: profile }, { status: "Accepted" }],
    wrong: [{ evseId: 1, chargingProfile: { ...profile, chargingSchedule: [] } }, missing],
    unknown: [
      { evseId: 9, chargingProfile: profile },
      { status: "Rejected", statusInfo: { reasonCode: "UnknownEvse" } },
    ],
  },
  SetDisplayMessage: {
    right: [{ message }, notHere],
    wrong: [{ message: { ...message, priority: "Loud" } }, badValue],
  },
  SetMonitoringBase: {
    right: [{ monitoringBase: "All" }, { status: "Accepted" }],
    wrong: [{ monitoringBase: "Some" }, badValue],
  },
  SetMonitoringLevel: {
    right: [{ severity: 9 }, { status: "Accepted" }],
    wrong: [{ severity: "high" }, badType],
    unknown: [{ severity: 10 }, { status: "Rejected" }],
  },
  SetNetworkProfile: {
    right: [{ configurationSlot: 2, connectionData: network }, { status: "Accepted" }],
    wrong: [{ configurationSlot: 2, connectionData: { ...network, ocppTransport: "Pigeon" } }, badValue],
    unknown: [
      { configurationSlot: 2, connectionData: { ...network, securityProfile: 7 } },
      { status: "Rejected", statusInfo: { reasonCode: "InvalidNetworkConf" } },
    ],
  },
  SetVariableMonitoring: {
    right: [{ setMonitoringData: [monitor] }, { setMonitoringResult: [{ status: "Accepted", id: 1 }] }],
    wrong: [{ setMonitoringData: [{ ...monitor, type: "Sometimes" }] }, badValue],
    unknown: [
      { setMonitoringData: [{ ...monitor, ...nowhere }] },
      { setMonitoringResult: [{ status: "UnknownComponent" }] },
    ],
  },
  SetVariables: {
    right: [
      { setVariableData: [{ ...variable, attributeValue: "60" }] },
      { setVariableResult: [{ attributeStatus: "Accepted" }] },
    ],
    wrong: [{ setVariableData: [{ ...variable, attributeValue: 60 }] }, badType],
    unknown: [
      { setVariableData: [{ ...nowhere, attributeValue: "60" }] },
      { setVariableResult: [{ attributeStatus: "UnknownComponent" }] },
    ],
  },
  TriggerMessage: {
    right: [{ requestedMessage: "Heartbeat" }, { status: "Accepted" }],
    wrong: [{ requestedMessage: "Everything" }, badValue],
    unknown: [{ requestedMessage: "StatusNotification", evse: { id: 9, connectorId: 1 } }, { status: "Rejected" }],
  },
  UnlockConnector: {
    right: [{ evseId: 1, connectorId: 1 }, { status: "Unlocked" }],
    wrong: [{ evseId: 1 }, missing],
    unknown: [{ evseId: 9, connectorId: 1 }, { status: "UnknownConnector" }],
  },
  UnpublishFirmware: { right: [{ checksum: "x" }, notHere], wrong: [{}, missing] },
  UpdateFirmware: {
    right: [
      { requestId: 1, firmware: { location: "https://csms/fw", retrieveDateTime: future } },
      { status: "Accepted" },
    ],
    wrong: [{ requestId: 1, firmware: { location: "https://csms/fw" } }, missing],
    unknown: [
      { requestId: 1, firmware: { location: "file:///dev/zero", retrieveDateTime: future } },
      { status: "Rejected" },
    ],
  },
};

/** Those that it sends. */
export const ownMessages: readonly (keyof Calls)[] = [
  ...(["Authorize", "BootNotification", "ClearedChargingLimit", "FirmwareStatusNotification"] as const),
  ...(["Get15118EVCertificate", "GetCertificateStatus", "Heartbeat", "LogStatusNotification", "MeterValues"] as const),
  ...(["NotifyChargingLimit", "NotifyCustomerInformation", "NotifyDisplayMessages", "NotifyEVChargingNeeds"] as const),
  ...(["NotifyEVChargingSchedule", "NotifyEvent", "NotifyMonitoringReport", "NotifyReport"] as const),
  ...(["PublishFirmwareStatusNotification", "ReportChargingProfiles", "ReservationStatusUpdate"] as const),
  ...(["SecurityEventNotification", "SignCertificate", "StatusNotification", "TransactionEvent"] as const),
];
