import { z } from "zod";
import { defineManifest } from "../../framework/manifest.ts";
import { isolation_monitor } from "../../interfaces/isolation_monitor.ts";

export const manifest = defineManifest({
  description: "A monitor of the insulation of a DC output that measures what it is told.",
  provides: {
    main: {
      interface: isolation_monitor,
      config: z.strictObject({
        resistance_F_Ohm: z.number().default(900_000).describe("ohm that it measures"),
        interval: z.int().min(1).default(1000).describe("milliseconds between two measurements"),
        selftest_success: z.boolean().default(true).describe("whether its self test passes"),
      }),
    },
  },
  enable_external_mqtt: true,
});
