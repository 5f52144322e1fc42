/** Requests and limits in the energy tree. Positive values of a schedule flow to its leaves. */
import { z } from "zod";
import { dateTime } from "../scalars.ts";
import { PricePerkWh } from "./energy_price_information.ts";
import { Powermeter } from "./powermeter.ts";

/** A limit and who set it, for people who wonder why a car charges slowly. */
export const NumberWithSource = z.object({
  value: z.number(),
  source: z.string(),
});
export type NumberWithSource = z.infer<typeof NumberWithSource>;

/** As {@link NumberWithSource}, of something counted. */
export const IntegerWithSource = z.object({
  value: z.int(),
  source: z.string(),
});
export type IntegerWithSource = z.infer<typeof IntegerWithSource>;

/** What a node of the tree is. */
export const NodeType = z.enum(["Undefined", "Evse", "Generic"]);
export type NodeType = z.infer<typeof NodeType>;

/** What an outlet is doing, as far as it matters to energy. */
export const EvseState = z.enum([
  "Unplugged",
  "WaitForAuth",
  "WaitForEnergy",
  "PrepareCharging",
  "PausedEV",
  "PausedEVSE",
  "Charging",
  "Finished",
  "Disabled",
]);
export type EvseState = z.infer<typeof EvseState>;

/** Limits in watt, ampere a phase and phases; absent for none. */
export const LimitsReq = z.strictObject({
  total_power_W: NumberWithSource.exactOptional(),
  ac_max_current_A: NumberWithSource.exactOptional(),
  ac_min_current_A: NumberWithSource.exactOptional(),
  ac_max_phase_count: IntegerWithSource.exactOptional(),
  ac_min_phase_count: IntegerWithSource.exactOptional(),
  ac_supports_changing_phases_during_charging: z.boolean().exactOptional(),
  ac_number_of_active_phases: z.int().min(1).max(3).exactOptional(),
});
export type LimitsReq = z.infer<typeof LimitsReq>;

/** What an outlet is granted. Negative values feed back to the grid. */
export const LimitsRes = z.strictObject({
  total_power_W: NumberWithSource.exactOptional(),
  ac_max_current_A: NumberWithSource.exactOptional(),
  ac_max_phase_count: IntegerWithSource.exactOptional(),
});
export type LimitsRes = z.infer<typeof LimitsRes>;

/** What the driver wants; `leave_time` is RFC 3339. */
export const OptimizerTarget = z.strictObject({
  energy_amount_needed: z.number().exactOptional(),
  charge_to_max_percent: z.number().exactOptional(),
  car_battery_soc: z.number().min(0).max(100).exactOptional(),
  leave_time: z.string().exactOptional(),
  price_limit: z.number().exactOptional(),
  full_autonomy: z.boolean().exactOptional(),
});
export type OptimizerTarget = z.infer<typeof OptimizerTarget>;

/** Power at a grid frequency; between points it follows a straight line. */
export const FrequencyWattPoint = z.object({
  frequency_Hz: z.number(),
  total_power_W: z.number(),
});
export type FrequencyWattPoint = z.infer<typeof FrequencyWattPoint>;

/** A value to charge with (positive) or to feed back with (negative). Of priorities 0 to 1000 the smallest wins. */
export const SetpointType = z.object({
  ac_current_A: z.number().exactOptional(),
  total_power_W: z.number().exactOptional(),
  frequency_table: z.array(FrequencyWattPoint).exactOptional(),
  priority: z.int().min(0).max(1000),
  source: z.string(),
});
export type SetpointType = z.infer<typeof SetpointType>;

/** A setpoint from `timestamp` until the next entry. */
export const ScheduleSetpointEntry = z.strictObject({
  timestamp: dateTime,
  setpoint: SetpointType.exactOptional(),
});
export type ScheduleSetpointEntry = z.infer<typeof ScheduleSetpointEntry>;

/** Limits of both sides of a node from `timestamp` until the next entry; the first entry holds before its time too. */
export const ScheduleReqEntry = z.strictObject({
  timestamp: dateTime,
  limits_to_root: LimitsReq,
  limits_to_leaves: LimitsReq,
  conversion_efficiency: z.number().min(0).max(1).exactOptional(),
  price_per_kwh: PricePerkWh.exactOptional(),
});
export type ScheduleReqEntry = z.infer<typeof ScheduleReqEntry>;

/** What is granted from `timestamp` until the next entry. */
export const ScheduleResEntry = z.strictObject({
  timestamp: dateTime,
  limits_to_root: LimitsRes,
  price_per_kwh: PricePerkWh.exactOptional(),
});
export type ScheduleResEntry = z.infer<typeof ScheduleResEntry>;

/** A node with everything below it. `uuid` names it; limits come back under that name. */
export const EnergyFlowRequest = z.object({
  get children() {
    return z.array(EnergyFlowRequest);
  },
  uuid: z.string(),
  node_type: NodeType,
  priority_request: z.boolean().exactOptional(),
  evse_state: EvseState.exactOptional(),
  optimizer_target: OptimizerTarget.exactOptional(),
  energy_usage_root: Powermeter.exactOptional(),
  energy_usage_leaves: Powermeter.exactOptional(),
  schedule_import: z.array(ScheduleReqEntry),
  schedule_export: z.array(ScheduleReqEntry),
  schedule_setpoints: z.array(ScheduleSetpointEntry),
});
export type EnergyFlowRequest = z.infer<typeof EnergyFlowRequest>;

/** What the node `uuid` is granted now, for `valid_for` seconds, and later. */
export const EnforcedLimits = z.object({
  uuid: z.string(),
  valid_for: z.int(),
  limits_root_side: LimitsRes,
  schedule: z.array(ScheduleResEntry),
});
export type EnforcedLimits = z.infer<typeof EnforcedLimits>;

/** What a node can do at most. */
export const CapabilityLimits = z.object({
  max_current_A: z.number().min(0),
  max_phase_count: z.int().min(0).max(3),
  nominal_voltage_V: z.number().min(1),
  total_power_W: z.number(),
});
export type CapabilityLimits = z.infer<typeof CapabilityLimits>;

/** Schedules from outside; an empty one sets no limit. */
export const ExternalLimits = z.object({
  schedule_import: z.array(ScheduleReqEntry),
  schedule_export: z.array(ScheduleReqEntry),
  schedule_setpoints: z.array(ScheduleSetpointEntry),
});
export type ExternalLimits = z.infer<typeof ExternalLimits>;
