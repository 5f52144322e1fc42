import { z } from "zod";
import { type ConfigOf, defineManifest } from "../../framework/manifest.ts";
import { charger_information } from "../../interfaces/charger_information.ts";
import { error_history } from "../../interfaces/error_history.ts";
import { evse_manager } from "../../interfaces/evse_manager.ts";
import { external_energy_limits } from "../../interfaces/external_energy_limits.ts";
import { ocpp } from "../../interfaces/ocpp.ts";
import { uk_random_delay } from "../../interfaces/uk_random_delay.ts";

/** What is rounded before it is told. */
const quantities = [
  "powermeter_energy_import",
  "powermeter_energy_export",
  "powermeter_power",
  "powermeter_voltage",
  "powermeter_VAR",
  "powermeter_current",
  "powermeter_frequency",
  "hw_caps_max_current_export",
  "hw_caps_max_current_import",
  "hw_caps_min_current_export",
  "hw_caps_min_current_import",
  "hw_caps_max_plug_temperature_C",
  "limits_max_current",
  "telemetry_evse_temperature_C",
  "telemetry_fan_rpm",
  "telemetry_supply_voltage_12V",
  "telemetry_supply_voltage_minus_12V",
  "telemetry_plug_temperature_C",
] as const;
export type Quantity = (typeof quantities)[number];

function forEach<Suffix extends string, Schema>(suffix: Suffix, schema: Schema) {
  const keys = quantities.map((quantity) => [`${quantity}_${suffix}`, schema]);
  return Object.fromEntries(keys) as Record<`${Quantity}_${Suffix}`, Schema>;
}

const config = z.strictObject({
  charger_information_file: z.string().default("").describe("YAML that is told; `charger_information` goes before it"),
  ...forEach("decimal_places", z.int().min(0).default(2).describe("digits after the point at most")),
  ...forEach("round_to", z.number().default(0).describe("the nearest multiple of this is told; 0 for none")),
});
export type Config = ConfigOf<typeof config>;

export const manifest = defineManifest({
  description: "Tells the world outside about the station and takes its orders, over MQTT.",
  config,
  provides: {},
  requires: {
    charger_information: { interface: charger_information, min: 0, max: 1 },
    evse_manager: { interface: evse_manager, min: 1, max: 128 },
    ocpp: { interface: ocpp, min: 0, max: 1 },
    random_delay: { interface: uk_random_delay, min: 0, max: 128 },
    error_history: { interface: error_history, min: 0, max: 1 },
    evse_energy_sink: { interface: external_energy_limits, min: 0, max: 128 },
  },
  enable_external_mqtt: true,
});
