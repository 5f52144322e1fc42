/** The car's battery: fills with what flows between two looks at it. */
import type { Clock } from "../../util/clock.ts";

const MS_PER_HOUR = 3_600_000;

export class Battery {
  readonly capacity: number;
  readonly #clock: Clock;
  #charge: number;
  #power = 0;
  #since: number;

  /** @param capacity Wh; @param soc percent. */
  constructor(clock: Clock, capacity: number, soc: number) {
    this.#clock = clock;
    this.capacity = capacity;
    this.#charge = (capacity * soc) / 100;
    this.#since = clock.monotonic();
  }

  /** Percent. */
  get soc(): number {
    this.#integrate();
    return this.capacity > 0 ? (this.#charge / this.capacity) * 100 : 0;
  }

  set soc(percent: number) {
    this.#integrate();
    this.#charge = (this.capacity * percent) / 100;
  }

  /** From now on this much flows, in watt; negative empties it. */
  flow(power: number): void {
    this.#integrate();
    this.#power = power;
  }

  #integrate(): void {
    const now = this.#clock.monotonic();
    const charge = this.#charge + (this.#power * (now - this.#since)) / MS_PER_HOUR;
    this.#charge = Math.min(Math.max(charge, 0), this.capacity);
    this.#since = now;
  }
}
