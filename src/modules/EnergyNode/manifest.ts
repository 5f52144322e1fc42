import { z } from "zod";
import { type ConfigOf, defineManifest } from "../../framework/manifest.ts";
import { energy } from "../../interfaces/energy.ts";
import { energy_price_information } from "../../interfaces/energy_price_information.ts";
import { external_energy_limits } from "../../interfaces/external_energy_limits.ts";
import { powermeter } from "../../interfaces/powermeter.ts";

const config = z.object({
  /** Ampere in each phase; holds in addition to all external limits. */
  fuse_limit_A: z.number().min(0),
  /** Phases behind the fuse; 0 = not limited. */
  phase_count: z.int().min(0).max(3).default(3),
  /** Volt between phase and neutral. */
  nominal_voltage_V: z.number().min(1).max(1000).default(230),
  /** Turn the power of external limits that name no current into one. */
  enhance_external_schedule: z.boolean().default(false),
});
export type Config = ConfigOf<typeof config>;

export const manifest = defineManifest({
  description: "A fuse in the energy tree, which someone outside can limit further.",
  config,
  provides: { energy_grid: { interface: energy }, external_limits: { interface: external_energy_limits } },
  requires: {
    energy_consumer: { interface: energy, min: 1, max: 128 },
    powermeter: { interface: powermeter, min: 0, max: 1 },
    price_information: { interface: energy_price_information, min: 0, max: 1 },
  },
});
