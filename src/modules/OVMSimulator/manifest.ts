import { z } from "zod";
import { defineManifest } from "../../framework/manifest.ts";
import { over_voltage_monitor } from "../../interfaces/over_voltage_monitor.ts";
import { power_supply_DC } from "../../interfaces/power_supply_DC.ts";

export const manifest = defineManifest({
  description: "A monitor of the voltage of a DC output, with faults to order.",
  provides: {
    main: {
      interface: over_voltage_monitor,
      config: z.strictObject({
        simulate_error_shutdown: z.boolean().default(false).describe("raise an over-voltage error while charging"),
        simulate_emergency_shutdown: z.boolean().default(false).describe("raise a severe one while charging"),
        simulate_error_delay: z.int().min(0).default(5).describe("seconds from the start of charging until then"),
      }),
    },
  },
  requires: { power_supply: { interface: power_supply_DC, min: 0, max: 1 } },
  enable_external_mqtt: true,
});
