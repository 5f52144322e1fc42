import { z } from "zod";
import { defineManifest } from "../../framework/manifest.ts";
import { charger_information } from "../../interfaces/charger_information.ts";
import { grid_support } from "../../interfaces/grid_support.ts";
import { config16, config201, ocppConfig, ocppProvides, ocppRequires } from "../ocppCommon/manifest.ts";

const config = z.strictObject({
  ...ocppConfig,
  ...config16,
  ...config201,
  /** Which OCPP is spoken. As in EVerest `Prefer…` is the same as `Only…`. */
  Mode: z.enum(["Prefer1.6", "Prefer2", "Only1.6", "Only2"]).default("Only2"),
  /** OCPP 1.6: what the JSON files say goes into the device model at the first start. */
  EnableLegacyConfigMigration: z.boolean().default(false),
  /** Taken; who sets it is told that it has no effect. */
  GridSupportHeartbeatS: z.int().min(0).default(60),
});

export const manifest = defineManifest({
  description: "An OCPP charge point of version 1.6 or 2.0.1: the station's side towards its CSMS",
  config,
  provides: ocppProvides,
  requires: {
    ...ocppRequires,
    charger_information: { interface: charger_information, min: 0, max: 1 },
    grid_support: { interface: grid_support, min: 0, max: 128 },
  },
  enable_external_mqtt: true,
  enable_global_errors: true,
});
