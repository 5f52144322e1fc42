/** Which security events the CSMS hears of (OCPP 1.6 security whitepaper, 4.5). */
import type { BootReason } from "../../interfaces/types/system.ts";

const critical: readonly string[] = [
  "FirmwareUpdated",
  "SettingSystemTime",
  "StartupOfTheDevice",
  "ResetOrReboot",
  "SecurityLogWasCleared",
  "MemoryExhaustion",
  "TamperDetectionActivated",
];

export function isCritical(type: string): boolean {
  return critical.includes(type);
}

/** What a start of the station is, by its cause. */
export function startEvent(reason: BootReason): string {
  switch (reason) {
    case "RemoteReset":
    case "ScheduledReset":
      return "ResetOrReboot";
    case "FirmwareUpdate":
      return "FirmwareUpdated";
    default:
      return "StartupOfTheDevice";
  }
}
