/** What the station's board is, can do and is told. */
import { z } from "zod";

/** What the power path of an outlet can carry: ampere a phase and phases, to the car (import) and from it (export). */
export const HardwareCapabilities = z.strictObject({
  max_current_A_import: z.number(),
  min_current_A_import: z.number(),
  max_phase_count_import: z.int().min(1).max(3),
  min_phase_count_import: z.int().min(1).max(3),
  max_current_A_export: z.number(),
  min_current_A_export: z.number(),
  max_phase_count_export: z.int().min(1).max(3),
  min_phase_count_export: z.int().min(1).max(3),
  supports_changing_phases_during_charging: z.boolean(),
  supports_cp_state_E: z.boolean(),
  max_plug_temperature_C: z.number().exactOptional(),
  connector_type: z.enum(["IEC62196Type2Cable", "IEC62196Type2Socket"]),
});
export type HardwareCapabilities = z.infer<typeof HardwareCapabilities>;

/** Health of the board: degrees Celsius, volt, revolutions a minute. */
export const Telemetry = z.strictObject({
  evse_temperature_C: z.number(),
  plug_temperature_C: z.number().exactOptional(),
  fan_rpm: z.number(),
  supply_voltage_12V: z.number(),
  supply_voltage_minus_12V: z.number(),
  relais_on: z.boolean(),
});
export type Telemetry = z.infer<typeof Telemetry>;

/** Whether the contactor may be closed, and what for. */
export const PowerOnOff = z.strictObject({
  allow_power_on: z.boolean(),
  reason: z.enum(["DCCableCheck", "DCPreCharge", "FullPowerCharging", "PowerOff"]),
});
export type PowerOnOff = z.infer<typeof PowerOnOff>;
