/** Looks at a voltage while it is on, and raises faults to order. */
import type { Clock, Timer } from "../../util/clock.ts";

/** Between two measurements that it tells. */
export const INTERVAL_MS = 250;

type Severity = "Medium" | "High";

export interface WatchOptions {
  readonly clock: Clock;
  /** What it raises in every session. */
  readonly faults: readonly Severity[];
  readonly faultAfterMs: number;
  onMeasurement(volt: number): void;
  onFault(severity: Severity): void;
  /** The voltage is above the emergency limit. */
  onOverVoltage(volt: number, limit: number): void;
}

export class Watch {
  readonly #options: WatchOptions;
  #timers: Timer[] = [];
  #telling: Timer | undefined;
  #volt = 0;
  /** Volt that no output may have. */
  limit = Number.POSITIVE_INFINITY;

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  measured(volt: number): void {
    this.#volt = volt;
    if (this.#telling) this.#check();
  }

  start(): void {
    this.stop();
    const { clock, faults, faultAfterMs, onFault } = this.#options;
    this.#timers = faults.map((severity) => clock.setTimer(faultAfterMs, () => onFault(severity)));
    this.#tell();
  }

  /** Simulated faults that have not come yet do not come any more. */
  stop(): void {
    for (const timer of this.#timers.splice(0)) timer.cancel();
    this.#telling?.cancel();
    this.#telling = undefined;
  }

  #tell(): void {
    this.#telling = this.#options.clock.setTimer(INTERVAL_MS, () => this.#tell());
    this.#options.onMeasurement(this.#volt);
    this.#check();
  }

  #check(): void {
    if (this.#volt > this.limit) this.#options.onOverVoltage(this.#volt, this.limit);
  }
}
