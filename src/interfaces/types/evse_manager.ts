/** Sessions, transactions and the state of an EVSE. */
import { z } from "zod";
import { dateTime } from "../scalars.ts";
import { ProvidedIdToken } from "./authorization.ts";
import { Powermeter } from "./powermeter.ts";
import { SignedMeterValue } from "./units_signed.ts";

/** Why a transaction ends (OCPP 2.0.1 ReasonEnumType and what EVerest adds). */
export const StopTransactionReason = z.enum([
  "EmergencyStop",
  "EVDisconnected",
  "HardReset",
  "Local",
  "Other",
  "PowerLoss",
  "Reboot",
  "Remote",
  "SoftReset",
  "UnlockCommand",
  "DeAuthorized",
  "EnergyLimitReached",
  "GroundFault",
  "LocalOutOfCredit",
  "MasterPass",
  "OvercurrentFault",
  "PowerQuality",
  "SOCLimitReached",
  "StoppedByEV",
  "TimeLimitReached",
  "Timeout",
  "ReqEnergyTransferRejected",
  "EVSEDisabled",
]);
export type StopTransactionReason = z.infer<typeof StopTransactionReason>;

/** Why to stop, and by whose token when a token stops it. */
export const StopTransactionRequest = z.object({
  reason: StopTransactionReason,
  id_tag: ProvidedIdToken.exactOptional(),
});
export type StopTransactionRequest = z.infer<typeof StopTransactionRequest>;

/** What began a session: a plug or an authorization. */
export const StartSessionReason = z.enum(["EVConnected", "Authorized"]);
export type StartSessionReason = z.infer<typeof StartSessionReason>;

/** Why the station pauses. */
export const PauseChargingEVSEReasonEnum = z.enum(["UserPause", "Error", "NoEnergy"]);
export type PauseChargingEVSEReasonEnum = z.infer<typeof PauseChargingEVSEReasonEnum>;

/** All reasons why the station pauses; it goes on when none is left. */
export const ChargingPausedEVSEReasons = z.strictObject({
  reasons: z.array(PauseChargingEVSEReasonEnum).min(1).max(3),
});
export type ChargingPausedEVSEReasons = z.infer<typeof ChargingPausedEVSEReasons>;

/** Where an ISO 15118 session failed. */
export const HlcSessionFailedReasonEnum = z.enum([
  "ProtocolNegotiationFailed",
  "AuthorizationFailed",
  "ChargingParametersNotAccepted",
  "EnergyTransferSetupFailed",
  "ChargingInterrupted",
  "FailedTLSHandshake",
  "UnexpectedSessionEnd",
]);
export type HlcSessionFailedReasonEnum = z.infer<typeof HlcSessionFailedReasonEnum>;

/** Whether the number of phases was changed. */
export const SwitchThreePhasesWhileChargingResult = z.enum([
  "Success",
  "Error_NotSupported",
  "Error_NotCharging",
  "Error_Hardware",
]);
export type SwitchThreePhasesWhileChargingResult = z.infer<typeof SwitchThreePhasesWhileChargingResult>;

/** What happens in the life of a session, from the plug or the authorization to the end of both. */
export const SessionEventEnum = z.enum([
  "Authorized",
  "Deauthorized",
  "Enabled",
  "Disabled",
  "SessionStarted",
  "AuthRequired",
  "TransactionStarted",
  "PrepareCharging",
  "ChargingStarted",
  "ChargingPausedEV",
  "ChargingPausedEVSE",
  "StoppingCharging",
  "ChargingFinished",
  "TransactionFinished",
  "SessionFinished",
  "ReservationStart",
  "ReservationEnd",
  "PluginTimeout",
  "SwitchingPhases",
  "SessionResumed",
]);
export type SessionEventEnum = z.infer<typeof SessionEventEnum>;

/** The beginning of a session. */
export const SessionStarted = z.strictObject({
  reason: StartSessionReason,
  id_tag: ProvidedIdToken.exactOptional(),
  meter_value: Powermeter,
  signed_meter_value: SignedMeterValue.exactOptional(),
  reservation_id: z.int().exactOptional(),
  logging_path: z.string().exactOptional(),
});
export type SessionStarted = z.infer<typeof SessionStarted>;

/** The end of a session. */
export const SessionFinished = z.strictObject({
  meter_value: Powermeter,
});
export type SessionFinished = z.infer<typeof SessionFinished>;

/** The beginning of what is billed. */
export const TransactionStarted = z.strictObject({
  id_tag: ProvidedIdToken,
  meter_value: Powermeter,
  signed_meter_value: SignedMeterValue.exactOptional(),
  reservation_id: z.int().exactOptional(),
});
export type TransactionStarted = z.infer<typeof TransactionStarted>;

/** The end of what is billed, with the meter's values at both ends where it signs. */
export const TransactionFinished = z.strictObject({
  meter_value: Powermeter,
  start_signed_meter_value: SignedMeterValue.exactOptional(),
  signed_meter_value: SignedMeterValue.exactOptional(),
  reason: StopTransactionReason.exactOptional(),
  id_tag: ProvidedIdToken.exactOptional(),
});
export type TransactionFinished = z.infer<typeof TransactionFinished>;

/** The meter when charging began, paused or ended. */
export const ChargingStateChangedEvent = z.strictObject({
  meter_value: Powermeter,
});
export type ChargingStateChangedEvent = z.infer<typeof ChargingStateChangedEvent>;

/** The meter when an authorization was given or withdrawn. */
export const AuthorizationEvent = z.strictObject({
  meter_value: Powermeter,
});
export type AuthorizationEvent = z.infer<typeof AuthorizationEvent>;

/** Who enables or disables an EVSE; of several, the smallest priority number decides. */
export const EnableDisableSource = z.object({
  enable_source: z.enum([
    "Unspecified",
    "LocalAPI",
    "LocalKeyLock",
    "ServiceTechnician",
    "RemoteKeyLock",
    "MobileApp",
    "FirmwareUpdate",
    "CSMS",
  ]),
  enable_state: z.enum(["Unassigned", "Disable", "Enable"]),
  enable_priority: z.int().min(0).max(10000),
});
export type EnableDisableSource = z.infer<typeof EnableDisableSource>;

/** An event and the detail that belongs to it; `uuid` names the session, and its transaction too. */
export const SessionEvent = z.strictObject({
  uuid: z.string(),
  timestamp: dateTime,
  connector_id: z.int().exactOptional(),
  event: SessionEventEnum,
  session_started: SessionStarted.exactOptional(),
  session_finished: SessionFinished.exactOptional(),
  transaction_started: TransactionStarted.exactOptional(),
  transaction_finished: TransactionFinished.exactOptional(),
  charging_paused_evse: ChargingPausedEVSEReasons.exactOptional(),
  charging_state_changed_event: ChargingStateChangedEvent.exactOptional(),
  authorization_event: AuthorizationEvent.exactOptional(),
  source: EnableDisableSource.exactOptional(),
});
export type SessionEvent = z.infer<typeof SessionEvent>;

/** A failed ISO 15118 session of the session `uuid`. */
export const HlcSessionFailedEvent = z.strictObject({
  uuid: z.string(),
  reason: HlcSessionFailedReasonEnum,
});
export type HlcSessionFailedEvent = z.infer<typeof HlcSessionFailedEvent>;

/** Ampere a phase and phases that hold now. */
export const Limits = z.strictObject({
  uuid: z.string().exactOptional(),
  max_current: z.number(),
  nr_of_phases_available: z.int().min(1).max(3),
});
export type Limits = z.infer<typeof Limits>;

/** What is known of the car: volt, ampere, watt, Wh and percent. */
export const EVInfo = z.strictObject({
  soc: z.number().min(0).max(100).exactOptional(),
  present_voltage: z.number().exactOptional(),
  present_current: z.number().exactOptional(),
  target_voltage: z.number().exactOptional(),
  target_current: z.number().exactOptional(),
  maximum_current_limit: z.number().exactOptional(),
  minimum_current_limit: z.number().exactOptional(),
  maximum_voltage_limit: z.number().exactOptional(),
  maximum_power_limit: z.number().exactOptional(),
  estimated_time_full: dateTime.exactOptional(),
  departure_time: dateTime.exactOptional(),
  estimated_time_bulk: dateTime.exactOptional(),
  evcc_id: z
    .string()
    .regex(/^[A-Fa-f0-9]{2}(:[A-Fa-f0-9]{2}){5}$/)
    .exactOptional(),
  remaining_energy_needed: z.number().exactOptional(),
  battery_capacity: z.number().exactOptional(),
  battery_full_soc: z.number().min(0).max(100).exactOptional(),
  battery_bulk_soc: z.number().min(0).max(100).exactOptional(),
  target_energy_request: z.number().exactOptional(),
  max_energy_request: z.number().exactOptional(),
  min_energy_request: z.number().exactOptional(),
  ac_max_charge_power: z.number().exactOptional(),
  ac_min_charge_power: z.number().exactOptional(),
  ac_max_discharge_power: z.number().exactOptional(),
  ac_min_discharge_power: z.number().exactOptional(),
  ac_present_active_power: z.number().exactOptional(),
  ac_present_reactive_power: z.number().exactOptional(),
});
export type EVInfo = z.infer<typeof EVInfo>;

/** Makers whose cars need special treatment. */
export const CarManufacturer = z.enum(["VolkswagenGroup", "Tesla", "Unknown"]);
export type CarManufacturer = z.infer<typeof CarManufacturer>;

/** Plugs (OCPP 2.0.1 ConnectorEnumType). */
export const ConnectorTypeEnum = z.enum([
  "cCCS1",
  "cCCS2",
  "cG105",
  "cMCS",
  "cTesla",
  "cType1",
  "cType2",
  "s309_1P_16A",
  "s309_1P_32A",
  "s309_3P_16A",
  "s309_3P_32A",
  "sBS1361",
  "sCEE_7_7",
  "sType2",
  "sType3",
  "Other1PhMax16A",
  "Other1PhOver16A",
  "Other3Ph",
  "Pan",
  "wInductive",
  "wResonant",
  "Undetermined",
  "Unknown",
]);
export type ConnectorTypeEnum = z.infer<typeof ConnectorTypeEnum>;

/** One plug of an EVSE. */
export const Connector = z.strictObject({
  id: z.int().min(1),
  type: ConnectorTypeEnum.exactOptional(),
});
export type Connector = z.infer<typeof Connector>;

/** An EVSE and its plugs. */
export const Evse = z.object({
  id: z.int().min(1).max(128),
  connectors: z.array(Connector).min(1).max(128),
});
export type Evse = z.infer<typeof Evse>;

/** Switches of Plug & Charge; an absent one stays as it is. */
export const PlugAndChargeConfiguration = z.object({
  pnc_enabled: z.boolean().exactOptional(),
  central_contract_validation_allowed: z.boolean().exactOptional(),
  contract_certificate_installation_enabled: z.boolean().exactOptional(),
});
export type PlugAndChargeConfiguration = z.infer<typeof PlugAndChargeConfiguration>;

/** Whether the running session goes on with the new modes. */
export const UpdateAllowedEnergyTransferModesResult = z.enum([
  "Accepted",
  "IncompatibleEnergyTransfer",
  "ServiceRenegotiationFailed",
  "NoHlc",
]);
export type UpdateAllowedEnergyTransferModesResult = z.infer<typeof UpdateAllowedEnergyTransferModesResult>;

/** Whether grid support can be offered from now on. */
export const SetDerAvailableResult = z.enum(["Accepted", "NoHlc"]);
export type SetDerAvailableResult = z.infer<typeof SetDerAvailableResult>;
