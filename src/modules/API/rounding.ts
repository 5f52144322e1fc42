/** What is told is rounded as the configuration says. */
import type { HardwareCapabilities, Telemetry } from "../../interfaces/types/evse_board_support.ts";
import type { Limits } from "../../interfaces/types/evse_manager.ts";
import type { Powermeter } from "../../interfaces/types/powermeter.ts";
import type { Config, Quantity } from "./manifest.ts";

/** Of the digits after the point a double can tell no more apart. */
const MAX_PLACES = 15;

/** The readings of a meter that are told, and what they are called in the configuration. */
const readings = {
  energy_Wh_import: "powermeter_energy_import",
  energy_Wh_export: "powermeter_energy_export",
  power_W: "powermeter_power",
  voltage_V: "powermeter_voltage",
  VAR: "powermeter_VAR",
  current_A: "powermeter_current",
  frequency_Hz: "powermeter_frequency",
} as const satisfies Readonly<Partial<Record<keyof Powermeter, Quantity>>>;

export class Rounding {
  readonly #config: Config;

  constructor(config: Config) {
    this.#config = config;
  }

  number(quantity: Quantity, value: number): number {
    const step = this.#config[`${quantity}_round_to`];
    const stepped = step > 0 ? Math.round(value / step) * step : value;
    return Number(stepped.toFixed(Math.min(this.#config[`${quantity}_decimal_places`], MAX_PLACES)));
  }

  /** Without signed readings. */
  powermeter({ timestamp, meter_id, phase_seq_error, ...reading }: Powermeter) {
    const rounded = Object.entries(readings).flatMap(([name, quantity]) => {
      const values = reading[name as keyof typeof readings];
      if (!values) return [];
      const each = Object.entries(values).map(([phase, value]) => [phase, this.number(quantity, value)]);
      return [[name, Object.fromEntries(each)]];
    });
    return {
      timestamp,
      ...(meter_id !== undefined && { meter_id }),
      ...(phase_seq_error !== undefined && { phase_seq_error }),
      ...Object.fromEntries(rounded),
    };
  }

  capabilities(all: HardwareCapabilities) {
    const { max_plug_temperature_C: temperature } = all;
    return {
      ...all,
      max_current_A_import: this.number("hw_caps_max_current_import", all.max_current_A_import),
      min_current_A_import: this.number("hw_caps_min_current_import", all.min_current_A_import),
      max_current_A_export: this.number("hw_caps_max_current_export", all.max_current_A_export),
      min_current_A_export: this.number("hw_caps_min_current_export", all.min_current_A_export),
      ...(temperature !== undefined && {
        max_plug_temperature_C: this.number("hw_caps_max_plug_temperature_C", temperature),
      }),
    };
  }

  limits(limits: Limits) {
    return { ...limits, max_current: this.number("limits_max_current", limits.max_current) };
  }

  /** `temperature` is what EVerest calls evse_temperature_C here. */
  telemetry({ evse_temperature_C, plug_temperature_C, relais_on, ...health }: Telemetry) {
    return {
      relais_on,
      temperature: this.number("telemetry_evse_temperature_C", evse_temperature_C),
      fan_rpm: this.number("telemetry_fan_rpm", health.fan_rpm),
      supply_voltage_12V: this.number("telemetry_supply_voltage_12V", health.supply_voltage_12V),
      supply_voltage_minus_12V: this.number("telemetry_supply_voltage_minus_12V", health.supply_voltage_minus_12V),
      ...(plug_temperature_C !== undefined && {
        plug_temperature_C: this.number("telemetry_plug_temperature_C", plug_temperature_C),
      }),
    };
  }
}
