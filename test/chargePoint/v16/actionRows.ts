/** What each message of OCPP 1.6 that a station can receive is answered: right, wrong, or about what is not there. */
import type { Calls } from "../../../src/ocpp/v16/messages.generated.ts";
import type { ActionRow } from "../actionTable.ts";

const missing = "OccurenceConstraintViolation";
const badType = "TypeConstraintViolation";
const badValue = "FormationViolation";
const extra = "PropertyConstraintViolation";

export const future = "2030-01-01T00:00:00Z";
const hash = {
  hashAlgorithm: "SHA256",
  issuerNameHash: "aa".repeat(32),
  issuerKeyHash: "bb".repeat(32),
  serialNumber: "1f",
};
export const csChargingProfiles = {
  ...{ chargingProfileId: 7, stackLevel: 0, chargingProfilePurpose: "TxDefaultProfile" },
  chargingProfileKind: "Relative",
  chargingSchedule: { chargingRateUnit: "A", chargingSchedulePeriod: [{ startPeriod: 0, limit: 16 }] },
};
const firmware = {
  ...{ location: "https://csms/fw", retrieveDateTime: future, signingCertificate: "pem", signature: "c2ln" },
};
const log = { remoteLocation: "https://csms/logs" };

export const rows: Readonly<Record<string, ActionRow>> = {
  CancelReservation: {
    right: [{ reservationId: 1 }, { status: "Accepted" }],
    wrong: [{ reservationId: "1" }, badType],
  },
  CertificateSigned: {
    right: [{ certificateChain: "chain" }, { status: "Accepted" }],
    wrong: [{ certificateChain: "x".repeat(10_001) }, badValue],
  },
  ChangeAvailability: {
    right: [{ connectorId: 1, type: "Inoperative" }, { status: "Accepted" }],
    wrong: [{ connectorId: 1, type: "Off" }, badValue],
    unknown: [{ connectorId: 9, type: "Operative" }, { status: "Rejected" }],
  },
  ChangeConfiguration: {
    right: [{ key: "HeartbeatInterval", value: "60" }, { status: "Accepted" }],
    wrong: [{ key: "HeartbeatInterval", value: 60 }, badType],
    unknown: [{ key: "NoSuchKey", value: "1" }, { status: "NotSupported" }],
  },
  ClearCache: { right: [{}, { status: "Accepted" }], wrong: [{ all: true }, extra] },
  ClearChargingProfile: {
    right: [{ id: 7 }, { status: "Accepted" }],
    wrong: [{ id: "7" }, badType],
    unknown: [{ id: 8 }, { status: "Unknown" }],
  },
  DataTransfer: {
    right: [{ vendorId: "org.openchargealliance.iso15118pnc", messageId: "TriggerMessage" }, { status: "Accepted" }],
    wrong: [{ messageId: "m" }, missing],
    unknown: [{ vendorId: "acme" }, { status: "UnknownVendorId" }],
  },
  DeleteCertificate: {
    right: [{ certificateHashData: hash }, { status: "Accepted" }],
    wrong: [{ certificateHashData: { ...hash, hashAlgorithm: "MD5" } }, badValue],
  },
  ExtendedTriggerMessage: {
    right: [{ requestedMessage: "Heartbeat" }, { status: "Accepted" }],
    wrong: [{ requestedMessage: "Everything" }, badValue],
    unknown: [{ requestedMessage: "StatusNotification", connectorId: 9 }, { status: "Rejected" }],
  },
  GetCompositeSchedule: {
    right: [
      { connectorId: 1, duration: 600 },
      { status: "Accepted", connectorId: 1 },
    ],
    wrong: [{ connectorId: 1 }, missing],
    unknown: [{ connectorId: 9, duration: 600 }, { status: "Rejected" }],
  },
  GetConfiguration: {
    right: [{ key: ["HeartbeatInterval"] }, { configurationKey: [{ key: "HeartbeatInterval", readonly: false }] }],
    wrong: [{ key: "HeartbeatInterval" }, badType],
    unknown: [{ key: ["NoSuchKey"] }, { unknownKey: ["NoSuchKey"] }],
  },
  GetDiagnostics: {
    right: [{ location: "https://csms/logs" }, { fileName: "log.zip" }],
    wrong: [{ startTime: future }, missing],
    unknown: [{ location: "file:///etc/passwd" }, {}],
  },
  GetInstalledCertificateIds: {
    right: [{ certificateType: "ManufacturerRootCertificate" }, { status: "Accepted" }],
    wrong: [{ certificateType: "CarCertificate" }, badValue],
  },
  GetLocalListVersion: { right: [{}, { listVersion: 0 }], wrong: [{ of: 1 }, extra] },
  GetLog: {
    right: [
      { requestId: 1, logType: "SecurityLog", log },
      { status: "Accepted", filename: "log.zip" },
    ],
    wrong: [{ requestId: 1, logType: "SecretLog", log }, badValue],
    unknown: [
      { requestId: 1, logType: "SecurityLog", log: { remoteLocation: "file:///etc/passwd" } },
      { status: "Rejected" },
    ],
  },
  InstallCertificate: {
    right: [{ certificateType: "CentralSystemRootCertificate", certificate: "pem" }, { status: "Accepted" }],
    wrong: [{ certificateType: "CentralSystemRootCertificate" }, missing],
  },
  RemoteStartTransaction: {
    right: [{ idTag: "TAG", connectorId: 1 }, { status: "Accepted" }],
    wrong: [{ idTag: "x".repeat(21) }, badValue],
    unknown: [{ idTag: "TAG", connectorId: 9 }, { status: "Rejected" }],
  },
  RemoteStopTransaction: {
    right: [{ transactionId: 1 }, { status: "Rejected" }],
    wrong: [{ transactionId: "1" }, badType],
  },
  ReserveNow: {
    right: [{ connectorId: 1, expiryDate: future, idTag: "TAG", reservationId: 1 }, { status: "Accepted" }],
    wrong: [{ connectorId: 1, expiryDate: "tomorrow", idTag: "TAG", reservationId: 1 }, badValue],
    unknown: [{ connectorId: 9, expiryDate: future, idTag: "TAG", reservationId: 1 }, { status: "Rejected" }],
  },
  Reset: { right: [{ type: "Soft" }, { status: "Accepted" }], wrong: [{ type: "OnIdle" }, badValue] },
  SendLocalList: {
    right: [{ listVersion: 1, updateType: "Full" }, { status: "Accepted" }],
    wrong: [{ listVersion: 1, updateType: "Half" }, badValue],
    unknown: [{ listVersion: 0, updateType: "Differential" }, { status: "VersionMismatch" }],
  },
  SetChargingProfile: {
    right: [{ connectorId: 1, csChargingProfiles }, { status: "Accepted" }],
    wrong: [{ connectorId: 1 }, missing],
    unknown: [{ connectorId: 9, csChargingProfiles }, { status: "Rejected" }],
  },
  SignedUpdateFirmware: {
    right: [{ requestId: 1, firmware }, { status: "Accepted" }],
    wrong: [{ requestId: 1, firmware: { location: "https://csms/fw" } }, missing],
    unknown: [{ requestId: 1, firmware: { ...firmware, location: "file:///dev/zero" } }, { status: "Rejected" }],
  },
  TriggerMessage: {
    right: [{ requestedMessage: "Heartbeat" }, { status: "Accepted" }],
    wrong: [{ requestedMessage: "Everything" }, badValue],
    unknown: [{ requestedMessage: "StatusNotification", connectorId: 9 }, { status: "Rejected" }],
  },
  UnlockConnector: {
    right: [{ connectorId: 1 }, { status: "Unlocked" }],
    wrong: [{}, missing],
    unknown: [{ connectorId: 9 }, { status: "NotSupported" }],
  },
  UpdateFirmware: {
    right: [{ location: "https://csms/fw", retrieveDate: future }, {}],
    wrong: [{ location: "https://csms/fw" }, missing],
    unknown: [{ location: "file:///dev/zero", retrieveDate: future }, {}],
  },
};

/** Those that it sends. */
export const ownMessages: readonly (keyof Calls)[] = [
  ...(["Authorize", "BootNotification", "DiagnosticsStatusNotification", "FirmwareStatusNotification"] as const),
  ...(["Heartbeat", "LogStatusNotification", "MeterValues", "SecurityEventNotification", "SignCertificate"] as const),
  ...(["SignedFirmwareStatusNotification", "StartTransaction", "StatusNotification", "StopTransaction"] as const),
];
