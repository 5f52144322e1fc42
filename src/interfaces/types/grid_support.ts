/** Distributed energy resource control. A type without comment is the one of that name in OCPP 2.1, or a part of it. */
import { z } from "zod";
import { dateTime } from "../scalars.ts";

/** What the grid can ask for (OCPP 2.1 DERControlEnumType). */
export const DirectiveType = z.enum([
  "EnterService",
  "FreqDroop",
  "FreqWatt",
  "FixedPFAbsorb",
  "FixedPFInject",
  "FixedVar",
  "Gradients",
  "HFMustTrip",
  "HFMayTrip",
  "HVMustTrip",
  "HVMomCess",
  "HVMayTrip",
  "LimitMaxDischarge",
  "LFMustTrip",
  "LVMustTrip",
  "LVMomCess",
  "LVMayTrip",
  "PowerMonitoringMustTrip",
  "VoltVar",
  "VoltWatt",
  "WattPF",
  "WattVar",
  "ZeroCurrent",
  "OvervoltageFaultRideThrough",
  "UndervoltageFaultRideThrough",
  "DSOQSetpoint",
  "DSOCosPhiSetpoint",
  "MaximumLevelDCInjection",
]);
export type DirectiveType = z.infer<typeof DirectiveType>;

export const DERUnit = z.enum(["Not_Applicable", "PctMaxW", "PctMaxVar", "PctWAvail", "PctVarAvail", "PctEffectiveV"]);
export type DERUnit = z.infer<typeof DERUnit>;

export const PowerDuringCessation = z.enum(["Active", "Reactive"]);
export type PowerDuringCessation = z.infer<typeof PowerDuringCessation>;

export const DERCurvePoint = z.strictObject({
  x: z.number(),
  y: z.number(),
});
export type DERCurvePoint = z.infer<typeof DERCurvePoint>;

export const Hysteresis = z.strictObject({
  hysteresis_high: z.number().exactOptional(),
  hysteresis_low: z.number().exactOptional(),
  hysteresis_delay: z.number().exactOptional(),
  hysteresis_gradient: z.number().exactOptional(),
});
export type Hysteresis = z.infer<typeof Hysteresis>;

export const ReactivePowerParams = z.strictObject({
  v_ref: z.number().exactOptional(),
  autonomous_v_ref_enable: z.boolean().exactOptional(),
  autonomous_v_ref_time_constant: z.number().exactOptional(),
});
export type ReactivePowerParams = z.infer<typeof ReactivePowerParams>;

export const VoltageParams = z.strictObject({
  hv_10min_mean_value: z.number().exactOptional(),
  hv_10min_mean_trip_delay: z.number().exactOptional(),
  power_during_cessation: PowerDuringCessation.exactOptional(),
});
export type VoltageParams = z.infer<typeof VoltageParams>;

/** A curve that the output follows. */
export const DERCurve = z.strictObject({
  curve_data: z.array(DERCurvePoint),
  y_unit: DERUnit,
  hysteresis: Hysteresis.exactOptional(),
  reactive_power_params: ReactivePowerParams.exactOptional(),
  voltage_params: VoltageParams.exactOptional(),
  response_time: z.number().exactOptional(),
});
export type DERCurve = z.infer<typeof DERCurve>;

export const EnterServiceParams = z.strictObject({
  high_voltage: z.number(),
  low_voltage: z.number(),
  high_freq: z.number(),
  low_freq: z.number(),
  delay: z.number().exactOptional(),
  random_delay: z.number().exactOptional(),
  ramp_rate: z.number().exactOptional(),
});
export type EnterServiceParams = z.infer<typeof EnterServiceParams>;

export const FixedPFParams = z.strictObject({
  displacement: z.number(),
  excitation: z.boolean(),
});
export type FixedPFParams = z.infer<typeof FixedPFParams>;

export const FixedVarParams = z.strictObject({
  setpoint: z.number(),
  unit: DERUnit,
});
export type FixedVarParams = z.infer<typeof FixedVarParams>;

export const FreqDroopParams = z.strictObject({
  over_freq: z.number(),
  under_freq: z.number(),
  over_droop: z.number(),
  under_droop: z.number(),
  response_time: z.number(),
});
export type FreqDroopParams = z.infer<typeof FreqDroopParams>;

export const GradientParams = z.strictObject({
  gradient: z.number(),
  soft_gradient: z.number(),
});
export type GradientParams = z.infer<typeof GradientParams>;

export const LimitMaxDischargeParams = z.strictObject({
  pct_max_discharge_power: z.number().exactOptional(),
  power_monitoring_must_trip: DERCurve.exactOptional(),
});
export type LimitMaxDischargeParams = z.infer<typeof LimitMaxDischargeParams>;

/** What the grid asks for, with what priority and for how long. */
export const Directive = z.strictObject({
  id: z.string(),
  directive_type: DirectiveType,
  priority: z.int(),
  is_default: z.boolean(),
  source: z.string(),
  received_at: dateTime,
  start_time: dateTime.exactOptional(),
  duration_s: z.int().exactOptional(),
  randomize_start_s: z.int().exactOptional(),
  curve: DERCurve.exactOptional(),
  enter_service: EnterServiceParams.exactOptional(),
  freq_droop: FreqDroopParams.exactOptional(),
  fixed_pf: FixedPFParams.exactOptional(),
  fixed_var: FixedVarParams.exactOptional(),
  gradient: GradientParams.exactOptional(),
  limit_max_discharge: LimitMaxDischargeParams.exactOptional(),
});
export type Directive = z.infer<typeof Directive>;

/** All directives in force. */
export const ActiveDirectiveSet = z.strictObject({
  evse_id: z.int().min(0),
  directives: z.array(Directive),
});
export type ActiveDirectiveSet = z.infer<typeof ActiveDirectiveSet>;

export const SetDirectivesResponse = z.strictObject({
  accepted: z.boolean(),
  reason: z.string().exactOptional(),
});
export type SetDirectivesResponse = z.infer<typeof SetDirectivesResponse>;

/** What is printed on the inverter: watt, VA, var, volt. */
export const NameplateRating = z.strictObject({
  max_w_W: z.number(),
  max_va_VA: z.number(),
  v_nom_V: z.number(),
  max_var_over_excited_var: z.number().exactOptional(),
  max_var_under_excited_var: z.number().exactOptional(),
  max_charge_w_W: z.number().exactOptional(),
  max_discharge_w_W: z.number().exactOptional(),
  max_a_A: z.number().exactOptional(),
  max_wh_Wh: z.number().exactOptional(),
  max_ah_Ah: z.number().exactOptional(),
  min_pf_over_excited: z.number().exactOptional(),
  min_pf_under_excited: z.number().exactOptional(),
});
export type NameplateRating = z.infer<typeof NameplateRating>;

export const ACCapability = z.strictObject({
  phase_count: z.int().min(1).max(3),
  grid_frequency_Hz: z.number().exactOptional(),
});
export type ACCapability = z.infer<typeof ACCapability>;

export const DeviceInfo = z.strictObject({
  manufacturer: z.string().exactOptional(),
  model: z.string().exactOptional(),
  sw_version: z.string().exactOptional(),
  hw_version: z.string().exactOptional(),
  serial: z.string().exactOptional(),
});
export type DeviceInfo = z.infer<typeof DeviceInfo>;

export const DCCapability = z.strictObject({
  device_info: DeviceInfo.exactOptional(),
  over_excited_pf: z.number().exactOptional(),
  under_excited_pf: z.number().exactOptional(),
  over_excited_w: z.number().exactOptional(),
  under_excited_w: z.number().exactOptional(),
  reactive_susceptance: z.number().exactOptional(),
});
export type DCCapability = z.infer<typeof DCCapability>;

export const DERCapability = z.strictObject({
  supported_types: z.array(DirectiveType),
  nameplate: NameplateRating,
  ac: ACCapability.exactOptional(),
  dc: DCCapability.exactOptional(),
});
export type DERCapability = z.infer<typeof DERCapability>;

export const EVSECapability = z.strictObject({
  evse_id: z.int().min(0),
  capability: DERCapability,
});
export type EVSECapability = z.infer<typeof EVSECapability>;

/** What went wrong in the grid. */
export const GridEventFault = z.enum([
  "CurrentImbalance",
  "LocalEmergency",
  "LowInputPower",
  "OverCurrent",
  "OverFrequency",
  "OverVoltage",
  "PhaseRotation",
  "RemoteEmergency",
  "UnderFrequency",
  "UnderVoltage",
  "VoltageImbalance",
]);
export type GridEventFault = z.infer<typeof GridEventFault>;

/** A fault of the grid, from when to when. */
export const GridAlarm = z.strictObject({
  directive_type: DirectiveType.exactOptional(),
  fault: GridEventFault,
  alarm_ended: z.boolean(),
  timestamp: dateTime,
  extra_info: z.string().exactOptional(),
});
export type GridAlarm = z.infer<typeof GridAlarm>;
