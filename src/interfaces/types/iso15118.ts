/** Values of ISO 15118 and DIN SPEC 70121 as modules see them. Units are in the names or SI units. */
import { z } from "zod";
import { dateTime, macAddress } from "../scalars.ts";
import { DirectiveType } from "./grid_support.ts";
import { Power, ReactivePower } from "./units.ts";

/** Who pays: the contract in the car, or someone outside of it. */
export const PaymentOption = z.enum(["Contract", "ExternalPayment"]);
export type PaymentOption = z.infer<typeof PaymentOption>;

/** How energy flows; names of ISO 15118-2 and -20 together. */
export const EnergyTransferMode = z.enum([
  "AC_single_phase_core",
  "AC_two_phase",
  "AC_three_phase_core",
  "DC_core",
  "DC_extended",
  "DC_combo_core",
  "DC_unique",
  "DC",
  "AC_BPT",
  "AC_BPT_DER",
  "AC_DER_IEC",
  "AC_DER_SAE",
  "DC_BPT",
  "DC_ACDP",
  "DC_ACDP_BPT",
  "WPT",
  "MCS",
  "MCS_BPT",
]);
export type EnergyTransferMode = z.infer<typeof EnergyTransferMode>;

/** What the insulation monitor says; `No_IMD` when there is none. */
export const IsolationStatus = z.enum(["Invalid", "Valid", "Warning", "Fault", "No_IMD"]);
export type IsolationStatus = z.infer<typeof IsolationStatus>;

/** The car's error code in DC sessions (DC_EVErrorCode). */
export const DcEvErrorCode = z.enum([
  "NO_ERROR",
  "FAILED_RESSTemperatureInhibit",
  "FAILED_EVShiftPosition",
  "FAILED_ChargerConnectorLockFault",
  "FAILED_EVRESSMalfunction",
  "FAILED_ChargingCurrentdifferential",
  "FAILED_ChargingVoltageOutOfRange",
  "Reserved_A",
  "Reserved_B",
  "Reserved_C",
  "FAILED_ChargingSystemIncompatibility",
  "NoData",
]);
export type DcEvErrorCode = z.infer<typeof DcEvErrorCode>;

/** Faults that the car is told of. */
export const EvseError = z.enum([
  "Error_Contactor",
  "Error_RCD",
  "Error_UtilityInterruptEvent",
  "Error_Malfunction",
  "Error_EmergencyShutdown",
]);
export type EvseError = z.infer<typeof EvseError>;

/** Message names of DIN SPEC 70121, ISO 15118-2 and -20. */
export const V2gMessageId = z.enum([
  "SupportedAppProtocolReq",
  "SupportedAppProtocolRes",
  "SessionSetupReq",
  "SessionSetupRes",
  "ServiceDiscoveryReq",
  "ServiceDiscoveryRes",
  "ServiceDetailReq",
  "ServiceDetailRes",
  "PaymentServiceSelectionReq",
  "PaymentServiceSelectionRes",
  "ServicePaymentSelectionReq",
  "ServicePaymentSelectionRes",
  "PaymentDetailsReq",
  "PaymentDetailsRes",
  "AuthorizationReq",
  "AuthorizationRes",
  "ContractAuthenticationReq",
  "ContractAuthenticationRes",
  "ChargeParameterDiscoveryReq",
  "ChargeParameterDiscoveryRes",
  "ChargingStatusReq",
  "ChargingStatusRes",
  "MeteringReceiptReq",
  "MeteringReceiptRes",
  "PowerDeliveryReq",
  "PowerDeliveryRes",
  "CableCheckReq",
  "CableCheckRes",
  "PreChargeReq",
  "PreChargeRes",
  "CurrentDemandReq",
  "CurrentDemandRes",
  "WeldingDetectionReq",
  "WeldingDetectionRes",
  "SessionStopReq",
  "SessionStopRes",
  "CertificateInstallationReq",
  "CertificateInstallationRes",
  "CertificateUpdateReq",
  "CertificateUpdateRes",
  "AuthorizationSetupReq",
  "AuthorizationSetupRes",
  "ScheduleExchangeReq",
  "ScheduleExchangeRes",
  "ServiceSelectionReq",
  "ServiceSelectionRes",
  "AcChargeLoopReq",
  "AcChargeLoopRes",
  "AcChargeParameterDiscoveryReq",
  "AcChargeParameterDiscoveryRes",
  "AcDerChargeParameterDiscoveryReq",
  "AcDerChargeParameterDiscoveryRes",
  "AcDerChargeLoopReq",
  "AcDerChargeLoopRes",
  "AcDerSaeChargeParameterDiscoveryReq",
  "AcDerSaeChargeParameterDiscoveryRes",
  "AcDerSaeChargeLoopReq",
  "AcDerSaeChargeLoopRes",
  "DcCableCheckReq",
  "DcCableCheckRes",
  "DcChargeLoopReq",
  "DcChargeLoopRes",
  "DcChargeParameterDiscoveryReq",
  "DcChargeParameterDiscoveryRes",
  "DcPreChargeReq",
  "DcPreChargeRes",
  "DcWeldingDetectionReq",
  "DcWeldingDetectionRes",
  "UnknownMessage",
]);
export type V2gMessageId = z.infer<typeof V2gMessageId>;

/** Bidirectional charging over ISO 15118-2 as SAE J2847/2 has it. */
export const SaeJ2847BidiMode = z.enum(["None", "V2G", "V2H"]);
export type SaeJ2847BidiMode = z.infer<typeof SaeJ2847BidiMode>;

/** Whether the car has no contract yet, or one to be renewed. */
export const CertificateActionEnum = z.enum(["Install", "Update"]);
export type CertificateActionEnum = z.infer<typeof CertificateActionEnum>;

/** When to tell a DC car that there is no energy. */
export const NoEnergyPauseMode = z.enum(["PauseAfterPrecharge", "PauseBeforeCableCheck", "AllowEvToIgnorePause"]);
export type NoEnergyPauseMode = z.infer<typeof NoEnergyPauseMode>;

/** The outlet's name, in the format of ISO 15118 and in that of DIN SPEC 91286. */
export const EVSEID = z.strictObject({
  evse_id: z.string(),
  evse_id_din: z.string().exactOptional(),
});
export type EVSEID = z.infer<typeof EVSEID>;

/** Volt and ampere at the DC output. */
export const DcEvsePresentVoltageCurrent = z.strictObject({
  evse_present_voltage: z.number().min(0).max(1500),
  evse_present_current: z.number().min(0).max(10000).exactOptional(),
});
export type DcEvsePresentVoltageCurrent = z.infer<typeof DcEvsePresentVoltageCurrent>;

/** Ampere, watt and volt of the DC output at most; negative to feed back. */
export const DcEvseMaximumLimits = z.strictObject({
  evse_maximum_current_limit: z.number().min(-10000).max(10000),
  evse_maximum_power_limit: z.number().min(-1000000).max(1000000),
  evse_maximum_voltage_limit: z.number().min(0).max(1500),
  evse_maximum_discharge_current_limit: z.number().min(0).max(10000).exactOptional(),
  evse_maximum_discharge_power_limit: z.number().min(0).max(1000000).exactOptional(),
});
export type DcEvseMaximumLimits = z.infer<typeof DcEvseMaximumLimits>;

/** Ampere, volt and watt of the DC output at least. */
export const DcEvseMinimumLimits = z.strictObject({
  evse_minimum_current_limit: z.number().min(0).max(10000),
  evse_minimum_voltage_limit: z.number().min(0).max(1500),
  evse_minimum_power_limit: z.number().min(0).max(1000000),
  evse_minimum_discharge_current_limit: z.number().min(0).max(10000).exactOptional(),
  evse_minimum_discharge_power_limit: z.number().min(0).max(1000000).exactOptional(),
});
export type DcEvseMinimumLimits = z.infer<typeof DcEvseMinimumLimits>;

/** What the station's hardware is like; volt, ampere, Wh. */
export const SetupPhysicalValues = z.strictObject({
  ac_nominal_voltage: z.number().min(0).max(1000).exactOptional(),
  dc_current_regulation_tolerance: z.number().min(0).max(400).exactOptional(),
  dc_peak_current_ripple: z.number().min(0).max(400).exactOptional(),
  dc_energy_to_be_delivered: z.number().min(0).max(200000).exactOptional(),
});
export type SetupPhysicalValues = z.infer<typeof SetupPhysicalValues>;

/** What a DC car says about itself (DC_EVStatus). */
export const DcEvStatus = z.strictObject({
  dc_ev_ready: z.boolean(),
  dc_ev_error_code: DcEvErrorCode,
  dc_ev_ress_soc: z.number().min(0).max(100),
  dc_ev_cabin_conditioning: z.boolean().exactOptional(),
  dc_ev_ress_conditioning: z.boolean().exactOptional(),
});
export type DcEvStatus = z.infer<typeof DcEvStatus>;

/** Volt and ampere that the car wants now. */
export const DcEvTargetValues = z.strictObject({
  dc_ev_target_voltage: z.number().min(-2).max(1500),
  dc_ev_target_current: z.number().min(-2).max(10000),
});
export type DcEvTargetValues = z.infer<typeof DcEvTargetValues>;

/** Ampere, watt and volt of the car at most. */
export const DcEvMaximumLimits = z.strictObject({
  dc_ev_maximum_current_limit: z.number().min(-2).max(10000).exactOptional(),
  dc_ev_maximum_power_limit: z.number().min(-2).max(350000).exactOptional(),
  dc_ev_maximum_voltage_limit: z.number().min(-2).max(1500).exactOptional(),
});
export type DcEvMaximumLimits = z.infer<typeof DcEvMaximumLimits>;

/** When the car expects to be full. */
export const DcEvRemainingTime = z.strictObject({
  ev_remaining_time_to_full_soc: dateTime.exactOptional(),
  ev_remaining_time_to_full_bulk_soc: dateTime.exactOptional(),
});
export type DcEvRemainingTime = z.infer<typeof DcEvRemainingTime>;

/** Protocols that the station can speak. */
export const SupportedAppProtocol = z.enum(["DIN70121", "ISO15118D2", "ISO15118D20"]);
export type SupportedAppProtocol = z.infer<typeof SupportedAppProtocol>;

/** Those it offers. */
export const SupportedAppProtocols = z.strictObject({
  app_protocols: z.array(SupportedAppProtocol).max(20),
});
export type SupportedAppProtocols = z.infer<typeof SupportedAppProtocols>;

/** A protocol that the car offers (SupportedAppProtocolReq). */
export const AppProtocol = z.strictObject({
  protocol_namespace: z.string().min(1).max(100),
  version_number_major: z.int().min(0),
  version_number_minor: z.int().min(0),
  schema_id: z.int().min(0).max(255),
  priority: z.int().min(1).max(20),
});
export type AppProtocol = z.infer<typeof AppProtocol>;

/** All that it offers. */
export const AppProtocols = z.strictObject({
  Protocols: z.array(AppProtocol).min(1).max(20),
});
export type AppProtocols = z.infer<typeof AppProtocols>;

/** A message that was received or sent; `exi` is hexadecimal. */
export const V2gMessages = z.strictObject({
  id: V2gMessageId,
  xml: z.string().exactOptional(),
  v2g_json: z.string().exactOptional(),
  exi: z.string().exactOptional(),
  exi_base64: z.string().exactOptional(),
});
export type V2gMessages = z.infer<typeof V2gMessages>;

/** The CSMS's answer about a contract; `exi_response` is base64 of the EXI message for the car. */
export const ResponseExiStreamStatus = z.strictObject({
  status: z.enum(["Accepted", "Failed"]),
  exi_response: z.string().max(5600).exactOptional(),
  certificate_action: CertificateActionEnum,
});
export type ResponseExiStreamStatus = z.infer<typeof ResponseExiStreamStatus>;

/** The car's request for a contract; `exi_request` is base64 of its EXI message. */
export const RequestExiStreamSchema = z.strictObject({
  exi_request: z.string().max(5600),
  iso15118_schema_version: z.string().max(50),
  certificate_action: CertificateActionEnum,
});
export type RequestExiStreamSchema = z.infer<typeof RequestExiStreamSchema>;

/** Names a certificate and where to ask about it (OCPP 2.0.1 OCSPRequestDataType). */
export const CertificateHashDataInfo = z.strictObject({
  hashAlgorithm: z.enum(["SHA256", "SHA384", "SHA512"]),
  issuerNameHash: z.string().max(128),
  issuerKeyHash: z.string().max(128),
  serialNumber: z.string().max(40),
  responderURL: z.string().max(512),
});
export type CertificateHashDataInfo = z.infer<typeof CertificateHashDataInfo>;

/** What the car would have shown: percent, seconds, Wh. */
export const DisplayParameters = z.strictObject({
  present_soc: z.number().min(0).max(100).exactOptional(),
  minimum_soc: z.number().min(0).max(100).exactOptional(),
  target_soc: z.number().min(0).max(100).exactOptional(),
  maximum_soc: z.number().min(0).max(100).exactOptional(),
  remaining_time_to_minimum_soc: z.number().min(0).exactOptional(),
  remaining_time_to_target_soc: z.number().min(0).exactOptional(),
  remaining_time_to_maximum_soc: z.number().min(0).exactOptional(),
  charging_complete: z.boolean().exactOptional(),
  battery_energy_capacity: z.number().min(0).exactOptional(),
  inlet_hot: z.boolean().exactOptional(),
});
export type DisplayParameters = z.infer<typeof DisplayParameters>;

/** What a DC car in dynamic mode wants: seconds, Wh, watt, ampere, volt. */
export const DcChargeDynamicModeValues = z.strictObject({
  departure_time: z.number().min(0).exactOptional(),
  target_energy_request: z.number().min(0),
  max_energy_request: z.number().min(0),
  min_energy_request: z.number().min(0),
  max_charge_power: z.number().min(0),
  min_charge_power: z.number().min(0),
  max_charge_current: z.number().min(0),
  max_voltage: z.number().min(0),
  min_voltage: z.number().min(0),
  max_discharge_power: z.number().min(0).exactOptional(),
  min_discharge_power: z.number().min(0).exactOptional(),
  max_discharge_current: z.number().min(0).exactOptional(),
  max_v2x_energy_request: z.number().min(0).exactOptional(),
  min_v2x_energy_request: z.number().min(0).exactOptional(),
});
export type DcChargeDynamicModeValues = z.infer<typeof DcChargeDynamicModeValues>;

/** Services of ISO 15118-20. */
export const ServiceCategory = z.enum([
  "AC",
  "DC",
  "WPT",
  "DC_ACDP",
  "AC_BPT",
  "DC_BPT",
  "DC_ACDP_BPT",
  "MCS",
  "MCS_BPT",
  "AC_DER_IEC",
  "AC_DER_SAE",
  "Internet",
  "ParkingStatus",
]);
export type ServiceCategory = z.infer<typeof ServiceCategory>;

/** Outlets as ISO 15118-20 names them. */
export const Connector = z.enum([
  "SinglePhase",
  "ThreePhase",
  "Core",
  "Extended",
  "Dual2",
  "Dual4",
  "Mcs",
  "Chaoji",
  "UltraChaoji",
  "rMcs",
  "xMcs",
  "Aviation",
  "Marine",
]);
export type Connector = z.infer<typeof Connector>;

/** Who plans the charging (ISO 15118-20): the car along a schedule, or the station from moment to moment. */
export const ControlMode = z.enum(["ScheduledControl", "DynamicControl"]);
export type ControlMode = z.infer<typeof ControlMode>;

/** How the car notices that the grid is gone. */
export const IslandingDetection = z.enum([
  "NoAntiIslandingSupport",
  "RoCoF",
  "UVP_OVP",
  "UFP_OFP",
  "VoltageVectorShift",
  "ZeroCrossingDetection",
  "OtherPassive",
  "ImpedanceMeasurement",
  "ImpedanceAtFrequency",
  "SlipModeFrequencyShift",
  "SandiaFrequencyShift",
  "SandiaVoltageShift",
  "FrequencyJump",
  "RCLQFactor",
  "OtherActive",
]);
export type IslandingDetection = z.infer<typeof IslandingDetection>;

/** Who may state what the driver needs. */
export const MobilityNeedsMode = z.enum(["EVCC", "EVCC_SECC"]);
export type MobilityNeedsMode = z.infer<typeof MobilityNeedsMode>;

/** How prices are told. */
export const Pricing = z.enum(["NoPricing", "AbsolutePricing", "PriceLevels"]);
export type Pricing = z.infer<typeof Pricing>;

/** Whether both directions share a connector. */
export const BptChannel = z.enum(["Unified", "Separated"]);
export type BptChannel = z.infer<typeof BptChannel>;

/** Whether the car follows the grid or makes one. */
export const GeneratorMode = z.enum(["GridFollowing", "GridForming"]);
export type GeneratorMode = z.infer<typeof GeneratorMode>;

/** How it is found out that the grid is gone. */
export const GridCodeIslandingDetectionMethod = z.enum(["Active", "Passive"]);
export type GridCodeIslandingDetectionMethod = z.infer<typeof GridCodeIslandingDetectionMethod>;

/** Limits of a car that can feed back: watt, ampere, volt, Wh, percent. */
export const V2XChargingParameters = z.object({
  min_charge_power: z.number().exactOptional(),
  min_charge_power_l2: z.number().exactOptional(),
  min_charge_power_l3: z.number().exactOptional(),
  max_charge_power: z.number().exactOptional(),
  max_charge_power_l2: z.number().exactOptional(),
  max_charge_power_l3: z.number().exactOptional(),
  min_discharge_power: z.number().exactOptional(),
  min_discharge_power_l2: z.number().exactOptional(),
  min_discharge_power_l3: z.number().exactOptional(),
  max_discharge_power: z.number().exactOptional(),
  max_discharge_power_l2: z.number().exactOptional(),
  max_discharge_power_l3: z.number().exactOptional(),
  min_charge_current: z.number().exactOptional(),
  max_charge_current: z.number().exactOptional(),
  min_discharge_current: z.number().exactOptional(),
  max_discharge_current: z.number().exactOptional(),
  min_voltage: z.number().exactOptional(),
  max_voltage: z.number().exactOptional(),
  ev_target_energy_request: z.number().exactOptional(),
  ev_min_energy_request: z.number().exactOptional(),
  ev_max_energy_request: z.number().exactOptional(),
  ev_min_v2xenergy_request: z.number().exactOptional(),
  ev_max_v2xenergy_request: z.number().exactOptional(),
  target_soc: z.int().exactOptional(),
});
export type V2XChargingParameters = z.infer<typeof V2XChargingParameters>;

/** A fee for a kWh from a power on. */
export const EVPriceRule = z.object({
  energy_fee: z.number(),
  power_range_start: z.number(),
});
export type EVPriceRule = z.infer<typeof EVPriceRule>;

/** Watt for so many seconds. */
export const EVPowerScheduleEntry = z.object({
  duration: z.int(),
  power: z.number(),
});
export type EVPowerScheduleEntry = z.infer<typeof EVPowerScheduleEntry>;

/** The power that a car offers over time. */
export const EVPowerSchedule = z.object({
  ev_power_schedule_entries: z.array(EVPowerScheduleEntry).min(1).max(1024),
  time_anchor: z.string(),
});
export type EVPowerSchedule = z.infer<typeof EVPowerSchedule>;

/** Prices for so many seconds. */
export const EVAbsolutePriceScheduleEntry = z.object({
  duration: z.int(),
  ev_price_rule: z.array(EVPriceRule).min(1).max(8),
});
export type EVAbsolutePriceScheduleEntry = z.infer<typeof EVAbsolutePriceScheduleEntry>;

/** The prices that a car asks over time. */
export const EVAbsolutePriceSchedule = z.object({
  time_anchor: z.string(),
  currency: z.string(),
  ev_absolute_price_schedule_entries: z.array(EVAbsolutePriceScheduleEntry).min(1).max(1024),
  price_algorithm: z.string(),
});
export type EVAbsolutePriceSchedule = z.infer<typeof EVAbsolutePriceSchedule>;

/** Power and prices that a car offers. */
export const EVEnergyOffer = z.object({
  ev_absolute_price_schedule: EVAbsolutePriceSchedule.exactOptional(),
  ev_power_schedule: EVPowerSchedule,
});
export type EVEnergyOffer = z.infer<typeof EVEnergyOffer>;

/** What a car can do for the grid: watt, var, VA, volt, ampere. */
export const DERChargingParameters = z.object({
  ev_supported_dercontrol: z.array(DirectiveType).min(1).exactOptional(),
  ev_over_excited_max_discharge_power: z.number().exactOptional(),
  ev_over_excited_power_factor: z.number().exactOptional(),
  ev_under_excited_max_discharge_power: z.number().exactOptional(),
  ev_under_excited_power_factor: z.number().exactOptional(),
  max_apparent_power: z.number().exactOptional(),
  max_charge_apparent_power: z.number().exactOptional(),
  max_charge_apparent_power_l2: z.number().exactOptional(),
  max_charge_apparent_power_l3: z.number().exactOptional(),
  max_discharge_apparent_power: z.number().exactOptional(),
  max_discharge_apparent_power_l2: z.number().exactOptional(),
  max_discharge_apparent_power_l3: z.number().exactOptional(),
  max_charge_reactive_power: z.number().exactOptional(),
  max_charge_reactive_power_l2: z.number().exactOptional(),
  max_charge_reactive_power_l3: z.number().exactOptional(),
  min_charge_reactive_power: z.number().exactOptional(),
  min_charge_reactive_power_l2: z.number().exactOptional(),
  min_charge_reactive_power_l3: z.number().exactOptional(),
  max_discharge_reactive_power: z.number().exactOptional(),
  max_discharge_reactive_power_l2: z.number().exactOptional(),
  max_discharge_reactive_power_l3: z.number().exactOptional(),
  min_discharge_reactive_power: z.number().exactOptional(),
  min_discharge_reactive_power_l2: z.number().exactOptional(),
  min_discharge_reactive_power_l3: z.number().exactOptional(),
  nominal_voltage: z.number().exactOptional(),
  nominal_voltage_offset: z.number().exactOptional(),
  max_nominal_voltage: z.number().exactOptional(),
  min_nominal_voltage: z.number().exactOptional(),
  ev_inverter_manufacturer: z.string().exactOptional(),
  ev_inverter_model: z.string().exactOptional(),
  ev_inverter_serial_number: z.string().exactOptional(),
  ev_inverter_sw_version: z.string().exactOptional(),
  ev_inverter_hw_version: z.string().exactOptional(),
  ev_islanding_detection_method: z.array(IslandingDetection).min(1).exactOptional(),
  ev_islanding_trip_time: z.number().exactOptional(),
  ev_maximum_level1dcinjection: z.number().exactOptional(),
  ev_duration_level1dcinjection: z.number().exactOptional(),
  ev_maximum_level2dcinjection: z.number().exactOptional(),
  ev_duration_level2dcinjection: z.number().exactOptional(),
  ev_reactive_susceptance: z.number().exactOptional(),
  ev_session_total_discharge_energy_available: z.number().exactOptional(),
});
export type DERChargingParameters = z.infer<typeof DERChargingParameters>;

/** What a DC car needs: ampere, volt, watt, Wh, percent. */
export const DCChargingParameters = z.object({
  ev_max_current: z.number(),
  ev_max_voltage: z.number(),
  ev_max_power: z.number().exactOptional(),
  ev_energy_capacity: z.number().exactOptional(),
  energy_amount: z.number().exactOptional(),
  state_of_charge: z.int().exactOptional(),
  full_soc: z.int().exactOptional(),
  bulk_soc: z.int().exactOptional(),
});
export type DCChargingParameters = z.infer<typeof DCChargingParameters>;

/** What an AC car needs: Wh, ampere a phase, volt. */
export const ACChargingParameters = z.object({
  energy_amount: z.number(),
  ev_min_current: z.number(),
  ev_max_current: z.number(),
  ev_max_voltage: z.number(),
});
export type ACChargingParameters = z.infer<typeof ACChargingParameters>;

/** What a car needs (OCPP 2.0.1 ChargingNeedsType); `departure_time` is RFC 3339. */
export const ChargingNeeds = z.object({
  ac_charging_parameters: ACChargingParameters.exactOptional(),
  der_charging_parameters: DERChargingParameters.exactOptional(),
  ev_energy_offer: EVEnergyOffer.exactOptional(),
  requested_energy_transfer: EnergyTransferMode,
  dc_charging_parameters: DCChargingParameters.exactOptional(),
  v2x_charging_parameters: V2XChargingParameters.exactOptional(),
  available_energy_transfer: z.array(EnergyTransferMode).min(1).exactOptional(),
  control_mode: ControlMode.exactOptional(),
  mobility_needs_mode: MobilityNeedsMode.exactOptional(),
  departure_time: z.string().exactOptional(),
});
export type ChargingNeeds = z.infer<typeof ChargingNeeds>;

/** The AC outlet: hertz, volt, percent, var. */
export const AcParameters = z.strictObject({
  nominal_frequency: z.number().min(0),
  max_power_asymmetry: z.number().min(0).exactOptional(),
  power_ramp_limitation: z.number().min(0).exactOptional(),
  nominal_voltage: z.number().min(0),
  connectors: z.array(Connector).min(1),
  evse_max_reactive_power: z.number().min(0).exactOptional(),
});
export type AcParameters = z.infer<typeof AcParameters>;

/** Watt of the outlet at most, by phase. */
export const AcEvseMaximumPower = z.strictObject({
  charge_power: Power,
  discharge_power: Power.exactOptional(),
});
export type AcEvseMaximumPower = z.infer<typeof AcEvseMaximumPower>;

/** Watt of the outlet at least, by phase. */
export const AcEvseMinimumPower = z.strictObject({
  charge_power: Power,
  discharge_power: Power.exactOptional(),
});
export type AcEvseMinimumPower = z.infer<typeof AcEvseMinimumPower>;

/** Watt of the car, by phase. */
export const AcEvPowerLimits = z.strictObject({
  max_charge_power: Power.exactOptional(),
  min_charge_power: Power.exactOptional(),
  max_discharge_power: Power.exactOptional(),
  min_discharge_power: Power.exactOptional(),
});
export type AcEvPowerLimits = z.infer<typeof AcEvPowerLimits>;

/** What the car draws now, in watt and var. */
export const AcEvPresentPowerValues = z.strictObject({
  present_active_power: Power,
  present_reactive_power: Power.exactOptional(),
});
export type AcEvPresentPowerValues = z.infer<typeof AcEvPresentPowerValues>;

/** What an AC car in dynamic mode wants: seconds and Wh. */
export const AcEvDynamicModeValues = z.strictObject({
  departure_time: z.number().min(0).exactOptional(),
  target_energy_request: z.number().min(0),
  max_energy_request: z.number().min(0),
  min_energy_request: z.number().min(0),
  max_v2x_energy_request: z.number().min(0).exactOptional(),
  min_v2x_energy_request: z.number().min(0).exactOptional(),
});
export type AcEvDynamicModeValues = z.infer<typeof AcEvDynamicModeValues>;

/** What the car is to draw: watt, var; and the grid's frequency, in hertz. */
export const AcTargetValues = z.strictObject({
  target_active_power: Power,
  target_reactive_power: ReactivePower.exactOptional(),
  target_frequency: z.number().min(0).exactOptional(),
});
export type AcTargetValues = z.infer<typeof AcTargetValues>;

/** The service that the car chose (ISO 15118-20). */
export const SelectedServiceParameters = z.strictObject({
  energy_transfer: ServiceCategory,
  connector: Connector,
  control_mode: ControlMode,
  mobility_needs_mode: MobilityNeedsMode,
  pricing: Pricing,
  bpt_channel: BptChannel.exactOptional(),
  generator_mode: GeneratorMode.exactOptional(),
});
export type SelectedServiceParameters = z.infer<typeof SelectedServiceParameters>;

/** How bidirectional charging is set up (ISO 15118-20). */
export const BptSetup = z.strictObject({
  bpt_channel: BptChannel,
  generator_mode: GeneratorMode,
  grid_code_detection: GridCodeIslandingDetectionMethod.exactOptional(),
});
export type BptSetup = z.infer<typeof BptSetup>;

/** What the car is to choose; absent for its own choice. Enforced, it rather ends the session than take another. */
export const SelectedPaymentOption = z.strictObject({
  payment_option: PaymentOption.exactOptional(),
  enforce_payment_option: z.boolean().exactOptional(),
});
export type SelectedPaymentOption = z.infer<typeof SelectedPaymentOption>;

/** The simulated car's battery: ampere, watt, volt, Wh. */
export const DcEvParameters = z.strictObject({
  max_current_limit: z.number().min(0).max(1000).exactOptional(),
  max_power_limit: z.number().min(0).max(500000).exactOptional(),
  max_voltage_limit: z.number().min(0).max(1500).exactOptional(),
  energy_capacity: z.number().min(0).max(100000).exactOptional(),
  target_current: z.number().min(0).max(1000).exactOptional(),
  target_voltage: z.number().min(0).max(1500).exactOptional(),
});
export type DcEvParameters = z.infer<typeof DcEvParameters>;

/** How far the simulated car lets itself be emptied: ampere, watt, percent. */
export const DcEvBPTParameters = z.strictObject({
  discharge_max_current_limit: z.number().min(0).max(1000).exactOptional(),
  discharge_max_power_limit: z.number().min(0).max(500000).exactOptional(),
  discharge_target_current: z.number().min(0).max(1500).exactOptional(),
  discharge_minimal_soc: z.number().min(0).max(99).exactOptional(),
});
export type DcEvBPTParameters = z.infer<typeof DcEvBPTParameters>;

/** Who the car is: its protocols, its address, its TLS certificates as PEM. */
export const EvInformation = z.strictObject({
  supported_protocols: AppProtocols,
  selected_protocol: AppProtocol,
  evcc_id: macAddress,
  tls_leaf_certificate: z.string().exactOptional(),
  tls_sub_ca_1_certificate: z.string().exactOptional(),
  tls_sub_ca_2_certificate: z.string().exactOptional(),
  tls_root_certificate: z.string().exactOptional(),
});
export type EvInformation = z.infer<typeof EvInformation>;

/** Watt and var that the station asks for; without values of their own L2 and L3 share the first. */
export const AcTargetPower = z.strictObject({
  target_active_power: z.number().exactOptional(),
  target_active_power_L2: z.number().exactOptional(),
  target_active_power_L3: z.number().exactOptional(),
  target_reactive_power: z.number().exactOptional(),
  target_reactive_power_L2: z.number().exactOptional(),
  target_reactive_power_L3: z.number().exactOptional(),
});
export type AcTargetPower = z.infer<typeof AcTargetPower>;

/** Why the car ended the session. */
export const EvTermination = z.strictObject({
  ev_termination_code: z.string().exactOptional(),
  ev_termination_explanation: z.string().exactOptional(),
});
export type EvTermination = z.infer<typeof EvTermination>;
