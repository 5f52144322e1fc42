/** What OCPP modules tell others. A type without comment is the one of that name in OCPP 2.0.1. */
import { z } from "zod";
import { dateTime } from "../scalars.ts";
import { MessageContent } from "./text_message.ts";

/** What a vendor adds, as JSON text. */
export const CustomData = z.object({
  vendor_id: z.string(),
  data: z.string(),
});
export type CustomData = z.infer<typeof CustomData>;

export const V2XFreqWattPointType = z.object({
  frequency: z.number(),
  power: z.number(),
});
export type V2XFreqWattPointType = z.infer<typeof V2XFreqWattPointType>;

export const V2XSignalWattPointCurve = z.object({
  signal: z.int(),
  power: z.number(),
});
export type V2XSignalWattPointCurve = z.infer<typeof V2XSignalWattPointCurve>;

/** Limits in ampere or watt from `start_period` seconds after the schedule's start. */
export const ChargingSchedulePeriod = z.object({
  start_period: z.int(),
  limit: z.number(),
  limit_L2: z.number().exactOptional(),
  limit_L3: z.number().exactOptional(),
  number_phases: z.int().exactOptional(),
  stack_level: z.int().exactOptional(),
  phase_to_use: z.int().exactOptional(),
  discharge_limit: z.number().exactOptional(),
  discharge_limit_L2: z.number().exactOptional(),
  discharge_limit_L3: z.number().exactOptional(),
  setpoint: z.number().exactOptional(),
  setpoint_L2: z.number().exactOptional(),
  setpoint_L3: z.number().exactOptional(),
  setpoint_reactive: z.number().exactOptional(),
  setpoint_reactive_L2: z.number().exactOptional(),
  setpoint_reactive_L3: z.number().exactOptional(),
  preconditioning_request: z.number().exactOptional(),
  evse_sleep: z.boolean().exactOptional(),
  v2x_baseline: z.number().exactOptional(),
  operation_mode: z
    .enum([
      "Idle",
      "ChargingOnly",
      "CentralSetpoint",
      "ExternalSetpoint",
      "ExternalLimits",
      "CentralFrequency",
      "LocalFrequency",
      "LocalLoadBalancing",
    ])
    .exactOptional(),
  v2x_freq_watt_curve: z.array(V2XFreqWattPointType).exactOptional(),
  v2x_signal_watt_curve: z.array(V2XSignalWattPointCurve).exactOptional(),
});
export type ChargingSchedulePeriod = z.infer<typeof ChargingSchedulePeriod>;

/** Limits of an EVSE over time; EVSE 0 is the whole station. */
export const ChargingSchedule = z.object({
  evse: z.int().min(0),
  charging_rate_unit: z.string(),
  charging_schedule_period: z.array(ChargingSchedulePeriod),
  duration: z.int().exactOptional(),
  start_schedule: z.string().exactOptional(),
  min_charging_rate: z.number().exactOptional(),
});
export type ChargingSchedule = z.infer<typeof ChargingSchedule>;

/** The composite schedule of every EVSE. */
export const ChargingSchedules = z.object({
  schedules: z.array(ChargingSchedule),
});
export type ChargingSchedules = z.infer<typeof ChargingSchedules>;

/** An EVSE, or one of its connectors. */
export const EVSE = z.object({
  id: z.int().min(1),
  connector_id: z.int().min(1).exactOptional(),
});
export type EVSE = z.infer<typeof EVSE>;

export const TransactionEvent = z.enum(["Started", "Updated", "Ended"]);
export type TransactionEvent = z.infer<typeof TransactionEvent>;

/** A transaction event that was told to the CSMS; `session_id` is EVerest's, `transaction_id` OCPP's. */
export const OcppTransactionEvent = z.object({
  transaction_event: TransactionEvent,
  evse: EVSE.exactOptional(),
  session_id: z.string(),
  transaction_id: z.string().exactOptional(),
});
export type OcppTransactionEvent = z.infer<typeof OcppTransactionEvent>;

/** What the CSMS answered to it. */
export const OcppTransactionEventResponse = z.object({
  original_transaction_event: OcppTransactionEvent,
  total_cost: z.number().exactOptional(),
  charging_priority: z.int().exactOptional(),
  personal_message: MessageContent.exactOptional(),
});
export type OcppTransactionEventResponse = z.infer<typeof OcppTransactionEventResponse>;

export const DataTransferStatus = z.enum(["Accepted", "Rejected", "UnknownMessageId", "UnknownVendorId", "Offline"]);
export type DataTransferStatus = z.infer<typeof DataTransferStatus>;

export const DataTransferRequest = z.strictObject({
  vendor_id: z.string(),
  message_id: z.string().exactOptional(),
  data: z.string().exactOptional(),
  custom_data: CustomData.exactOptional(),
});
export type DataTransferRequest = z.infer<typeof DataTransferRequest>;

export const DataTransferResponse = z.strictObject({
  status: DataTransferStatus,
  data: z.string().exactOptional(),
  custom_data: CustomData.exactOptional(),
});
export type DataTransferResponse = z.infer<typeof DataTransferResponse>;

/** A configuration key of OCPP 1.6. */
export const KeyValue = z.strictObject({
  key: z.string().max(50),
  read_only: z.boolean(),
  value: z.string().max(5000).exactOptional(),
});
export type KeyValue = z.infer<typeof KeyValue>;

export const GetConfigurationResponse = z.object({
  configuration_keys: z.array(KeyValue),
  unknown_keys: z.array(z.string().max(50)),
});
export type GetConfigurationResponse = z.infer<typeof GetConfigurationResponse>;

export const ConfigurationStatus = z.enum(["Accepted", "Rejected", "RebootRequired", "NotSupported"]);
export type ConfigurationStatus = z.infer<typeof ConfigurationStatus>;

/** Security events (OCPP 2.0.1, part 2, appendix 1). */
export const SecurityEventEnum = z.enum([
  "FirmwareUpdated",
  "FailedToAuthenticateAtCsms",
  "CsmsFailedToAuthenticate",
  "SettingSystemTime",
  "StartupOfTheDevice",
  "ResetOrReboot",
  "SecurityLogWasCleared",
  "ReconfigurationOfSecurityParameters",
  "MemoryExhaustion",
  "InvalidMessages",
  "AttemptedReplayAttacks",
  "TamperDetectionActivated",
  "InvalidFirmwareSignature",
  "InvalidFirmwareSigningCertificate",
  "InvalidCsmsCertificate",
  "InvalidChargingStationCertificate",
  "InvalidTLSVersion",
  "InvalidTLSCipherSuite",
  "MaintenanceLoginAccepted",
  "MaintenanceLoginFailed",
]);
export type SecurityEventEnum = z.infer<typeof SecurityEventEnum>;

/** Something that the CSMS must know about security. */
export const SecurityEvent = z.object({
  type: z.string(),
  info: z.string().exactOptional(),
  critical: z.boolean().exactOptional(),
  timestamp: dateTime.exactOptional(),
});
export type SecurityEvent = z.infer<typeof SecurityEvent>;

export const Variable = z.object({
  name: z.string().max(50),
  instance: z.string().max(50).exactOptional(),
});
export type Variable = z.infer<typeof Variable>;

export const Component = z.object({
  name: z.string().max(50),
  instance: z.string().max(50).exactOptional(),
  evse: EVSE.exactOptional(),
});
export type Component = z.infer<typeof Component>;

/** Names a variable of the device model. */
export const ComponentVariable = z.object({
  component: Component,
  variable: Variable,
});
export type ComponentVariable = z.infer<typeof ComponentVariable>;

export const AttributeEnum = z.enum(["Actual", "Target", "MinSet", "MaxSet"]);
export type AttributeEnum = z.infer<typeof AttributeEnum>;

export const GetVariableStatusEnumType = z.enum([
  "Accepted",
  "Rejected",
  "UnknownComponent",
  "UnknownVariable",
  "NotSupportedAttributeType",
]);
export type GetVariableStatusEnumType = z.infer<typeof GetVariableStatusEnumType>;

export const SetVariableStatusEnumType = z.enum([
  "Accepted",
  "Rejected",
  "UnknownComponent",
  "UnknownVariable",
  "NotSupportedAttributeType",
  "RebootRequired",
]);
export type SetVariableStatusEnumType = z.infer<typeof SetVariableStatusEnumType>;

export const EventTriggerEnum = z.enum(["Alerting", "Delta", "Periodic"]);
export type EventTriggerEnum = z.infer<typeof EventTriggerEnum>;

export const EventNotificationType = z.enum([
  "HardWiredNotification",
  "HardWiredMonitor",
  "PreconfiguredMonitor",
  "CustomMonitor",
]);
export type EventNotificationType = z.infer<typeof EventNotificationType>;

export const GetVariableRequest = z.object({
  component_variable: ComponentVariable,
  attribute_type: AttributeEnum.exactOptional(),
});
export type GetVariableRequest = z.infer<typeof GetVariableRequest>;

export const GetVariableResult = z.object({
  status: GetVariableStatusEnumType,
  attribute_type: AttributeEnum.exactOptional(),
  value: z.string().max(2500).exactOptional(),
  component_variable: ComponentVariable,
});
export type GetVariableResult = z.infer<typeof GetVariableResult>;

export const SetVariableRequest = z.object({
  component_variable: ComponentVariable,
  value: z.string().max(1000),
  attribute_type: AttributeEnum.exactOptional(),
});
export type SetVariableRequest = z.infer<typeof SetVariableRequest>;

export const SetVariableResult = z.object({
  status: SetVariableStatusEnumType,
  component_variable: ComponentVariable,
  attribute_type: AttributeEnum.exactOptional(),
});
export type SetVariableResult = z.infer<typeof SetVariableResult>;

/** A change of a monitored variable. */
export const EventData = z.object({
  component_variable: ComponentVariable,
  event_id: z.int(),
  timestamp: dateTime,
  trigger: EventTriggerEnum,
  actual_value: z.string().max(2500),
  event_notification_type: EventNotificationType,
  cause: z.int().exactOptional(),
  tech_code: z.string().max(50).exactOptional(),
  tech_info: z.string().max(500).exactOptional(),
  cleared: z.boolean().exactOptional(),
  transaction_id: z.string().max(36).exactOptional(),
  variable_monitoring_id: z.int().exactOptional(),
});
export type EventData = z.infer<typeof EventData>;

export const OperationalStatusEnumType = z.enum(["Inoperative", "Operative"]);
export type OperationalStatusEnumType = z.infer<typeof OperationalStatusEnumType>;

export const ChangeAvailabilityRequest = z.object({
  operational_status: OperationalStatusEnumType,
  evse: EVSE.exactOptional(),
});
export type ChangeAvailabilityRequest = z.infer<typeof ChangeAvailabilityRequest>;

export const ChangeAvailabilityStatusEnumType = z.enum(["Accepted", "Rejected", "Scheduled"]);
export type ChangeAvailabilityStatusEnumType = z.infer<typeof ChangeAvailabilityStatusEnumType>;

export const StatusInfoType = z.object({
  reason_code: z.string(),
  additional_info: z.string().exactOptional(),
});
export type StatusInfoType = z.infer<typeof StatusInfoType>;

export const ChangeAvailabilityResponse = z.object({
  status: ChangeAvailabilityStatusEnumType,
  status_info: StatusInfoType.exactOptional(),
});
export type ChangeAvailabilityResponse = z.infer<typeof ChangeAvailabilityResponse>;

export const RegistrationStatus = z.enum(["Accepted", "Pending", "Rejected"]);
export type RegistrationStatus = z.infer<typeof RegistrationStatus>;

export const BootNotificationResponse = z.object({
  status: RegistrationStatus,
  current_time: dateTime,
  interval: z.int(),
  status_info: StatusInfoType.exactOptional(),
});
export type BootNotificationResponse = z.infer<typeof BootNotificationResponse>;

export const MessageDirection = z.enum(["CSMSToChargingStation", "ChargingStationToCSMS"]);
export type MessageDirection = z.infer<typeof MessageDirection>;

/** An OCPP message as JSON text. */
export const Message = z.object({
  message: z.string(),
  direction: MessageDirection,
  version: z.string().exactOptional(),
});
export type Message = z.infer<typeof Message>;

/** Whether the CSMS is there, and under which profile. */
export const ConnectionStatus = z.strictObject({
  connected: z.boolean(),
  csms_url: z.string().exactOptional(),
  identity: z.string().exactOptional(),
  security_profile: z.int().exactOptional(),
  configuration_slot: z.int().exactOptional(),
  ocpp_interface: z.string().exactOptional(),
  ocpp_transport: z.string().exactOptional(),
  ocpp_version: z.string().exactOptional(),
});
export type ConnectionStatus = z.infer<typeof ConnectionStatus>;
