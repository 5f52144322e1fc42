/** How a TransactionEvent says why a transaction stopped: EVerest's reason, and what OCPP 2.0.1 makes of it. */
import type { StopTransactionReason } from "../../interfaces/types/evse_manager.ts";
import type {
  ChargingStateEnumType,
  ReasonEnumType,
  TriggerReasonEnumType,
} from "../../ocpp/v201/messages.generated.ts";

export interface StopMeaning {
  readonly stoppedReason: ReasonEnumType;
  readonly triggerReason: TriggerReasonEnumType;
  /** Absent: the state stays what it was. */
  readonly chargingState?: ChargingStateEnumType;
}

const stayed = (stoppedReason: ReasonEnumType, triggerReason: TriggerReasonEnumType): StopMeaning => ({
  stoppedReason,
  triggerReason,
});
/** The right to charge is gone, the car is still there. */
const carStays = (stoppedReason: ReasonEnumType, triggerReason: TriggerReasonEnumType): StopMeaning => ({
  stoppedReason,
  triggerReason,
  chargingState: "EVConnected",
});

export const stopMeanings: Readonly<Record<StopTransactionReason, StopMeaning>> = {
  EVDisconnected: { stoppedReason: "EVDisconnected", triggerReason: "EVCommunicationLost", chargingState: "Idle" },
  Local: carStays("Local", "StopAuthorized"),
  MasterPass: carStays("MasterPass", "StopAuthorized"),
  StoppedByEV: carStays("StoppedByEV", "StopAuthorized"),
  Remote: carStays("Remote", "RemoteStop"),
  DeAuthorized: carStays("DeAuthorized", "Deauthorized"),
  // OCPP 2.1 has a reason of this name, 2.0.1 has not.
  ReqEnergyTransferRejected: carStays("Other", "AbnormalCondition"),
  HardReset: carStays("ImmediateReset", "ResetCommand"),
  Reboot: stayed("Reboot", "ResetCommand"),
  EmergencyStop: stayed("EmergencyStop", "AbnormalCondition"),
  GroundFault: stayed("GroundFault", "AbnormalCondition"),
  OvercurrentFault: stayed("OvercurrentFault", "AbnormalCondition"),
  PowerQuality: stayed("PowerQuality", "AbnormalCondition"),
  PowerLoss: stayed("PowerLoss", "AbnormalCondition"),
  Other: stayed("Other", "AbnormalCondition"),
  SoftReset: stayed("Other", "ResetCommand"),
  UnlockCommand: stayed("Other", "UnlockCommand"),
  EVSEDisabled: stayed("Other", "AbnormalCondition"),
  EnergyLimitReached: stayed("EnergyLimitReached", "EnergyLimitReached"),
  SOCLimitReached: stayed("SOCLimitReached", "EnergyLimitReached"),
  TimeLimitReached: stayed("TimeLimitReached", "TimeLimitReached"),
  LocalOutOfCredit: stayed("LocalOutOfCredit", "ChargingStateChanged"),
  Timeout: stayed("Timeout", "EVConnectTimeout"),
};
