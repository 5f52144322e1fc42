import type { StopTransactionReason } from "../../interfaces/types/evse_manager.ts";
import type { Reason } from "../../ocpp/v16/types.ts";

/** EVerest's reasons that OCPP 1.6 has too (7.36); every other is `Other`. */
const same: readonly Reason[] = [
  "EmergencyStop",
  "EVDisconnected",
  "HardReset",
  "Local",
  "PowerLoss",
  "Reboot",
  "Remote",
  "SoftReset",
  "UnlockCommand",
  "DeAuthorized",
];

export function toReason(reason: StopTransactionReason = "Other"): Reason {
  return same.find((name) => name === reason) ?? "Other";
}
