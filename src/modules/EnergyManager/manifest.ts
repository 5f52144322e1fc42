import { z } from "zod";
import { type ConfigOf, defineManifest } from "../../framework/manifest.ts";
import { energy } from "../../interfaces/energy.ts";
import { energy_manager } from "../../interfaces/energy_manager.ts";

const config = z.object({
  /** Volt between phase and neutral, between ampere and watt. */
  nominal_ac_voltage: z.number().positive().default(230),
  /** Seconds between two rounds of limits; each limit holds ten times as long. */
  update_interval: z.int().min(1).default(1),
  /** Minutes of one entry of a schedule. */
  schedule_interval_duration: z.int().min(1).default(60),
  /** Hours of a whole schedule. */
  schedule_total_duration: z.int().min(1).default(1),
  /** What a DC outlet gets in watt while an AC outlet gets one ampere is `slice_watt / slice_ampere`. */
  slice_ampere: z.number().positive().default(0.5),
  slice_watt: z.number().positive().default(500),
  /** Log every distribution. */
  debug: z.boolean().default(false),
  /** Go down to one phase where the power does not suffice for three (Oneway), and back up again (Both). */
  switch_3ph1ph_while_charging_mode: z.enum(["Never", "Oneway", "Both"]).default("Never"),
  /** 0 = as often as it takes. */
  switch_3ph1ph_max_nr_of_switches_per_session: z.int().min(0).default(0),
  /** What to charge with when that number is used up. */
  switch_3ph1ph_switch_limit_stickyness: z.enum(["SinglePhase", "ThreePhase", "DontChange"]).default("DontChange"),
  /** Watt by which the power must exceed what three phases need before they are used again. */
  switch_3ph1ph_power_hysteresis_W: z.int().default(200),
  /** Seconds for which it must do so; 0 = none. */
  switch_3ph1ph_time_hysteresis_s: z.int().min(0).default(600),
});
export type Config = ConfigOf<typeof config>;

export const manifest = defineManifest({
  description: "Shares what the grid connection gives among all outlets, fairly and within every fuse.",
  config,
  provides: { main: { interface: energy_manager } },
  requires: { energy_trunk: { interface: energy, min: 1, max: 1 } },
});
