import { z } from "zod";
import { type ConfigOf, defineManifest } from "../../framework/manifest.ts";
import { power_supply_DC } from "../../interfaces/power_supply_DC.ts";
import { powermeter } from "../../interfaces/powermeter.ts";

const config = z.strictObject({
  bidirectional: z.boolean().default(true).describe("whether it can feed back to the grid"),
  max_power: z.number().default(150_000).describe("watt at most"),
  nominal_max_export_power: z.number().default(150_000).describe("watt to plan with, towards the car"),
  nominal_max_import_power: z.number().default(150_000).describe("watt to plan with, from the car"),
  min_voltage: z.number().default(200).describe("volt at least"),
  max_voltage: z.number().default(900).describe("volt at most"),
  nominal_min_voltage: z.number().default(200).describe("volt at least to plan with"),
  nominal_max_voltage: z.number().default(900).describe("volt at most to plan with"),
  min_current: z.number().default(1).describe("ampere at least"),
  max_current: z.number().default(200).describe("ampere at most"),
  nominal_min_current: z.number().default(1).describe("ampere at least to plan with"),
  nominal_max_current: z.number().default(200).describe("ampere at most to plan with"),
});
export type Config = ConfigOf<typeof config>;

export const manifest = defineManifest({
  description: "A programmable DC power supply with a meter at its output.",
  provides: {
    main: { interface: power_supply_DC, config },
    powermeter: { interface: powermeter },
  },
});
