/** A three-phase meter: integrates what flows between two looks at it. */

import type { Powermeter } from "../../interfaces/types/powermeter.ts";
import { type Clock, isoTime } from "../../util/clock.ts";
import type { Currents } from "./board.ts";

const MS_PER_HOUR = 3_600_000;
/** Ohm of the cable; the voltage sags under load. */
const IMPEDANCE = 0.5;
const NEUTRAL_CURRENT = 0.2;

type Phases = [number, number, number];

export interface MeterOptions {
  readonly clock: Clock;
  readonly nominalVoltage: number;
  readonly nominalFrequency: number;
}

const sum = (phases: readonly number[]) => phases.reduce((total, value) => total + value, 0);
/** To thousandths, so that no reading shows the dust of floating point. */
const rounded = (value: number) => Math.round(value * 1000) / 1000;
const byPhase = ([L1, L2, L3]: Currents) => ({ L1: rounded(L1), L2: rounded(L2), L3: rounded(L3) });
const withTotal = (phases: Currents) => ({ total: rounded(sum(phases)), ...byPhase(phases) });

export class Meter {
  readonly #options: MeterOptions;
  readonly #imported: Phases = [0, 0, 0];
  readonly #exported: Phases = [0, 0, 0];
  #currents: Currents = [0, 0, 0];
  #since: number;

  constructor(options: MeterOptions) {
    this.#options = options;
    this.#since = options.clock.monotonic();
  }

  /** From now on these currents flow. */
  draw(currents: Currents): void {
    this.#integrate();
    this.#currents = currents;
  }

  /** Counts from zero again. */
  reset(): void {
    this.#integrate();
    this.#imported.fill(0);
    this.#exported.fill(0);
  }

  /** Whether anything flows. */
  get busy(): boolean {
    return this.#currents.some((current) => current !== 0);
  }

  /** Degrees Celsius inside the board, which warms up under load. */
  get temperature(): number {
    return rounded(25 + Math.abs(sum(this.#power())) * 0.003);
  }

  read(): Powermeter {
    this.#integrate();
    const { clock, nominalFrequency } = this.#options;
    const frequency: Phases = [nominalFrequency, nominalFrequency, nominalFrequency];
    return {
      timestamp: isoTime(clock.now()),
      meter_id: "YETI_POWERMETER",
      phase_seq_error: false,
      energy_Wh_import: withTotal(this.#imported),
      energy_Wh_export: withTotal(this.#exported),
      power_W: withTotal(this.#power()),
      voltage_V: byPhase(this.#voltages()),
      current_A: { ...byPhase(this.#currents), N: this.busy ? NEUTRAL_CURRENT : 0 },
      frequency_Hz: byPhase(frequency),
      temperatures: [this.temperatureReading()],
    };
  }

  temperatureReading() {
    return { temperature: this.temperature, identification: "Powermeter", location: "Powermeter" };
  }

  #voltages(): Phases {
    const [l1, l2, l3] = this.#currents;
    const sagged = (current: number) => this.#options.nominalVoltage - IMPEDANCE * current;
    return [sagged(l1), sagged(l2), sagged(l3)];
  }

  #power(): Phases {
    const [u1, u2, u3] = this.#voltages();
    const [i1, i2, i3] = this.#currents;
    return [u1 * i1, u2 * i2, u3 * i3];
  }

  #integrate(): void {
    const now = this.#options.clock.monotonic();
    const hours = (now - this.#since) / MS_PER_HOUR;
    this.#since = now;
    this.#power().forEach((watt, phase) => {
      const energy = watt >= 0 ? this.#imported : this.#exported;
      energy[phase] = (energy[phase] ?? 0) + Math.abs(watt) * hours;
    });
  }
}
