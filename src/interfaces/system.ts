import { z } from "zod";
import { defineInterface } from "../framework/interface.ts";
import { system_errors } from "./errors/system.ts";
import { dateTime } from "./scalars.ts";
import { ConfigureNetworkRequest, ConfigureNetworkResponse, ConfigureNetworkStatus } from "./types/network.ts";
import {
  BootReason,
  FirmwareUpdateRequest,
  FirmwareUpdateStatus,
  LogStatus,
  ResetType,
  UpdateFirmwareResponse,
  UploadLogsRequest,
  UploadLogsResponse,
} from "./types/system.ts";

/** The computer that the station runs on: firmware, logs, reset, time. */
export const system = defineInterface({
  name: "system",
  cmds: {
    update_firmware: { args: { firmware_update_request: FirmwareUpdateRequest }, result: UpdateFirmwareResponse },
    allow_firmware_installation: { args: {}, result: z.null() },
    upload_logs: { args: { upload_logs_request: UploadLogsRequest }, result: UploadLogsResponse },
    is_reset_allowed: { args: { type: ResetType }, result: z.boolean() },
    reset: { args: { type: ResetType, scheduled: z.boolean() }, result: z.null() },
    set_system_time: { args: { timestamp: dateTime }, result: z.boolean() },
    get_boot_reason: { args: {}, result: BootReason },
    configure_network: { args: { request: ConfigureNetworkRequest }, result: ConfigureNetworkResponse },
  },
  vars: {
    firmware_update_status: FirmwareUpdateStatus,
    log_status: LogStatus,
    configure_network_status: ConfigureNetworkStatus,
  },
  errors: [...system_errors],
});
