/** What a DC power supply can do and does. */
import { z } from "zod";

/** What the supply does. */
export const Mode = z.enum(["Off", "Export", "Import", "Fault"]);
export type Mode = z.infer<typeof Mode>;

/** What it is needed for. */
export const ChargingPhase = z.enum(["Other", "CableCheck", "PreCharge", "Charging"]);
export type ChargingPhase = z.infer<typeof ChargingPhase>;

/** Volt and ampere. */
export const VoltageCurrent = z.strictObject({
  voltage_V: z.number(),
  current_A: z.number(),
});
export type VoltageCurrent = z.infer<typeof VoltageCurrent>;

/** What it can do: volt, ampere, watt; to the car, and back to the grid where it is bidirectional. */
export const Capabilities = z.strictObject({
  bidirectional: z.boolean(),
  current_regulation_tolerance_A: z.number(),
  peak_current_ripple_A: z.number(),
  max_export_voltage_V: z.number(),
  nominal_max_export_voltage_V: z.number().exactOptional(),
  min_export_voltage_V: z.number(),
  nominal_min_export_voltage_V: z.number().exactOptional(),
  max_export_current_A: z.number(),
  nominal_max_export_current_A: z.number().exactOptional(),
  min_export_current_A: z.number(),
  nominal_min_export_current_A: z.number().exactOptional(),
  max_import_voltage_V: z.number().exactOptional(),
  nominal_max_import_voltage_V: z.number().exactOptional(),
  min_import_voltage_V: z.number().exactOptional(),
  nominal_min_import_voltage_V: z.number().exactOptional(),
  max_import_current_A: z.number().exactOptional(),
  nominal_max_import_current_A: z.number().exactOptional(),
  min_import_current_A: z.number().exactOptional(),
  nominal_min_import_current_A: z.number().exactOptional(),
  max_export_power_W: z.number(),
  nominal_max_export_power_W: z.number().exactOptional(),
  max_import_power_W: z.number().exactOptional(),
  nominal_max_import_power_W: z.number().exactOptional(),
  conversion_efficiency_import: z.number().min(0).max(1).exactOptional(),
  conversion_efficiency_export: z.number().min(0).max(1).exactOptional(),
});
export type Capabilities = z.infer<typeof Capabilities>;
