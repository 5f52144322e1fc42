import { z } from "zod";
import { defineManifest } from "../../framework/manifest.ts";
import { charger_information } from "../../interfaces/charger_information.ts";
import { ocpp_1_6_charge_point } from "../../interfaces/ocpp_1_6_charge_point.ts";
import { config16, ocppConfig, ocppProvides, ocppRequires } from "../ocppCommon/manifest.ts";

const config = z.strictObject({
  ...ocppConfig,
  ...config16,
  /**
   * Where the keys are kept: in the JSON files, or in a device model of OCPP 2.0.1, which can take them over from the JSON files
   * at the first start.
   */
  ConfigBackend: z.enum(["legacy", "device_model", "device_model_with_migration"]).default("legacy"),
  /** A device model that cannot be used is told of, and the JSON files are used instead. */
  EnableDeviceModelFallbackToLegacyJson: z.boolean().default(false),
  /** How often the energy management is told of the limits besides on every change, in seconds; 0 is never. */
  PublishChargingScheduleIntervalS: z.int().min(0).default(30),
  /** How far ahead, in seconds. */
  PublishChargingScheduleDurationS: z.int().min(1).default(600),
});

export const manifest = defineManifest({
  description: "An OCPP 1.6 charge point with Plug & Charge: the station's side towards its CSMS",
  config,
  provides: { main: { interface: ocpp_1_6_charge_point }, ...ocppProvides },
  requires: { ...ocppRequires, charger_information: { interface: charger_information, min: 0, max: 1 } },
  enable_external_mqtt: true,
  enable_global_errors: true,
});
