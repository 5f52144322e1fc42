/** Firmware updates, log uploads, resets. */
import { z } from "zod";
import { dateTime } from "../scalars.ts";

/** Where the firmware is, when to get and when to install it, and who signed it. */
export const FirmwareUpdateRequest = z.looseObject({
  retries: z.int().min(1).exactOptional(),
  retry_interval_s: z.int().exactOptional(),
  request_id: z.int(),
  location: z.string(),
  retrieve_timestamp: dateTime.exactOptional(),
  install_timestamp: dateTime.exactOptional(),
  signing_certificate: z.string().exactOptional(),
  signature: z.string().exactOptional(),
});
export type FirmwareUpdateRequest = z.infer<typeof FirmwareUpdateRequest>;

/** Whether it will be done. */
export const UpdateFirmwareResponse = z.enum([
  "Accepted",
  "Rejected",
  "AcceptedCanceled",
  "InvalidCertificate",
  "RevokedCertificate",
]);
export type UpdateFirmwareResponse = z.infer<typeof UpdateFirmwareResponse>;

/** Which logs to put where. */
export const UploadLogsRequest = z.looseObject({
  retries: z.int().min(1).exactOptional(),
  retry_interval_s: z.int().exactOptional(),
  oldest_timestamp: dateTime.exactOptional(),
  latest_timestamp: dateTime.exactOptional(),
  location: z.string(),
  type: z.string().exactOptional(),
  request_id: z.int().exactOptional(),
});
export type UploadLogsRequest = z.infer<typeof UploadLogsRequest>;

export const UploadLogsStatus = z.enum(["Accepted", "Rejected", "AcceptedCanceled"]);
export type UploadLogsStatus = z.infer<typeof UploadLogsStatus>;

/** As {@link UploadLogsStatus}, with the file's name. */
export const UploadLogsResponse = z.strictObject({
  file_name: z.string().exactOptional(),
  upload_logs_status: UploadLogsStatus,
});
export type UploadLogsResponse = z.infer<typeof UploadLogsResponse>;

/** How far an upload is. */
export const LogStatusEnum = z.enum([
  "BadMessage",
  "Idle",
  "NotSupportedOperation",
  "PermissionDenied",
  "Uploaded",
  "UploadFailure",
  "Uploading",
  "AcceptedCanceled",
]);
export type LogStatusEnum = z.infer<typeof LogStatusEnum>;

/** The state of the upload `request_id`. */
export const LogStatus = z.object({
  log_status: LogStatusEnum,
  request_id: z.int(),
});
export type LogStatus = z.infer<typeof LogStatus>;

/** How far an update is. */
export const FirmwareUpdateStatusEnum = z.enum([
  "Downloaded",
  "DownloadFailed",
  "Downloading",
  "DownloadScheduled",
  "DownloadPaused",
  "Idle",
  "InstallationFailed",
  "Installing",
  "Installed",
  "InstallRebooting",
  "InstallScheduled",
  "InstallVerificationFailed",
  "InvalidSignature",
  "SignatureVerified",
]);
export type FirmwareUpdateStatusEnum = z.infer<typeof FirmwareUpdateStatusEnum>;

/** The version that was installed. */
export const FirmwareUpdateMetadata = z.object({
  disable_connectors_during_install: z.boolean().exactOptional(),
});
export type FirmwareUpdateMetadata = z.infer<typeof FirmwareUpdateMetadata>;

/** The state of the update `request_id`. */
export const FirmwareUpdateStatus = z.object({
  firmware_update_status: FirmwareUpdateStatusEnum,
  request_id: z.int(),
  firmware_update_metadata: FirmwareUpdateMetadata.exactOptional(),
});
export type FirmwareUpdateStatus = z.infer<typeof FirmwareUpdateStatus>;

/** How much is restarted. */
export const ResetType = z.enum(["Soft", "Hard", "NotSpecified"]);
export type ResetType = z.infer<typeof ResetType>;

/** Why the station started. */
export const BootReason = z.enum([
  "ApplicationReset",
  "FirmwareUpdate",
  "LocalReset",
  "PowerUp",
  "RemoteReset",
  "ScheduledReset",
  "Triggered",
  "Unknown",
  "Watchdog",
]);
export type BootReason = z.infer<typeof BootReason>;
