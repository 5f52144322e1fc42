/** A DC supply with a battery behind it that takes what it gets. Pure, but for the time that it is told. */
import type { Capabilities, ChargingPhase, Mode, VoltageCurrent } from "../../interfaces/types/power_supply_DC.ts";
import type { Powermeter } from "../../interfaces/types/powermeter.ts";
import { type Clock, isoTime } from "../../util/clock.ts";
import type { Config } from "./manifest.ts";

const MS_PER_HOUR = 3_600_000;
const TOLERANCE_A = 2;
const RIPPLE_A = 2;

/** Volt and ampere that it is to give. */
interface Setting {
  readonly voltage: number;
  readonly current: number;
}

const nothing: Setting = { voltage: 0, current: 0 };

const clamp = (value: number, least: number, most: number) => Math.min(Math.max(value, least), most);
/** To thousandths, so that no reading shows the dust of floating point. */
const rounded = (value: number) => Math.round(value * 1000) / 1000;

export class Supply {
  readonly #config: Config;
  readonly #clock: Clock;
  readonly #settings: { Export: Setting; Import: Setting } = { Export: nothing, Import: nothing };
  #mode: Mode = "Off";
  #phase: ChargingPhase = "Other";
  #imported = 0;
  #exported = 0;
  #since: number;

  constructor(config: Config, clock: Clock) {
    this.#config = config;
    this.#clock = clock;
    this.#since = clock.monotonic();
  }

  setMode(mode: Mode, phase: ChargingPhase): void {
    this.#integrate();
    this.#mode = mode;
    this.#phase = phase;
  }

  /** Takes what it can of it: within its limits of voltage, current and power. */
  set(direction: "Export" | "Import", { voltage, current }: Setting): void {
    this.#integrate();
    const { min_voltage, max_voltage, min_current, max_current, max_power } = this.#config;
    const volt = clamp(voltage, min_voltage, max_voltage);
    // It cannot regulate less than its least current, but it can give none.
    const ampere = current <= 0 ? 0 : Math.min(clamp(current, min_current, max_current), max_power / volt);
    this.#settings[direction] = { voltage: volt, current: ampere };
  }

  /** At the output. Current flows only into a car that charges: before, its contactor is open. */
  get output(): VoltageCurrent {
    if (this.#mode !== "Export" && this.#mode !== "Import") return { voltage_V: 0, current_A: 0 };
    const { voltage, current } = this.#settings[this.#mode];
    const flows = this.#phase === "Charging" ? current : 0;
    return { voltage_V: rounded(voltage), current_A: rounded(this.#mode === "Export" ? flows : -flows) };
  }

  read(): Powermeter {
    this.#integrate();
    const { voltage_V, current_A } = this.output;
    return {
      timestamp: isoTime(this.#clock.now()),
      meter_id: "DC_POWERMETER",
      energy_Wh_import: { total: rounded(this.#imported) },
      energy_Wh_export: { total: rounded(this.#exported) },
      power_W: { total: rounded(voltage_V * current_A) },
      current_A: { DC: current_A },
      voltage_V: { DC: voltage_V },
    };
  }

  get capabilities(): Capabilities {
    const of = this.#config;
    return {
      bidirectional: of.bidirectional,
      current_regulation_tolerance_A: TOLERANCE_A,
      peak_current_ripple_A: RIPPLE_A,
      max_export_voltage_V: of.max_voltage,
      min_export_voltage_V: of.min_voltage,
      max_export_current_A: of.max_current,
      min_export_current_A: of.min_current,
      max_export_power_W: of.max_power,
      nominal_max_export_voltage_V: of.nominal_max_voltage,
      nominal_min_export_voltage_V: of.nominal_min_voltage,
      nominal_max_export_current_A: of.nominal_max_current,
      nominal_min_export_current_A: of.nominal_min_current,
      nominal_max_export_power_W: of.nominal_max_export_power,
      ...(of.bidirectional ? this.#importCapabilities() : {}),
      conversion_efficiency_export: 0.9,
    };
  }

  #importCapabilities(): Partial<Capabilities> {
    const of = this.#config;
    return {
      max_import_voltage_V: of.max_voltage,
      min_import_voltage_V: of.min_voltage,
      max_import_current_A: of.max_current,
      min_import_current_A: of.min_current,
      max_import_power_W: of.max_power,
      nominal_max_import_voltage_V: of.nominal_max_voltage,
      nominal_min_import_voltage_V: of.nominal_min_voltage,
      nominal_max_import_current_A: of.nominal_max_current,
      nominal_min_import_current_A: of.nominal_min_current,
      nominal_max_import_power_W: of.nominal_max_import_power,
      conversion_efficiency_import: 0.85,
    };
  }

  /** Meters what has flowed since the last look. */
  #integrate(): void {
    const now = this.#clock.monotonic();
    const hours = (now - this.#since) / MS_PER_HOUR;
    this.#since = now;
    const { voltage_V, current_A } = this.output;
    const energy = voltage_V * Math.abs(current_A) * hours;
    if (current_A >= 0) this.#imported += energy;
    else this.#exported += energy;
  }
}
