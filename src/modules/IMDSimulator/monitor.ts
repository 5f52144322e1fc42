/** Measures at its interval while it is on, and tests itself when it is told to. */
import type { Clock, Timer } from "../../util/clock.ts";

/** How long a real self test takes, about. */
export const SELF_TEST_MS = 3000;

export interface MonitorOptions {
  readonly clock: Clock;
  /** 1 = as slow as the real thing, 0 = the first measurement and the self test are there at once. */
  readonly delayFactor: number;
  readonly intervalMs: number;
  onMeasurement(): void;
  onSelfTest(): void;
}

export class Monitor {
  readonly #options: MonitorOptions;
  #measuring: Timer | undefined;
  #testing: Timer | undefined;

  constructor(options: MonitorOptions) {
    this.#options = options;
  }

  /** Starting what runs already changes nothing. */
  start(): void {
    if (this.#measuring) return;
    const { clock, intervalMs, delayFactor } = this.#options;
    this.#measuring = clock.setTimer(intervalMs * delayFactor, () => this.#measure());
  }

  stop(): void {
    this.#measuring?.cancel();
    this.#measuring = undefined;
  }

  /** A test that is under way starts anew. */
  selfTest(): void {
    const { clock, delayFactor, onSelfTest } = this.#options;
    this.#testing?.cancel();
    this.#testing = clock.setTimer(SELF_TEST_MS * delayFactor, onSelfTest);
  }

  /** Ends everything. */
  close(): void {
    this.stop();
    this.#testing?.cancel();
  }

  #measure(): void {
    const { clock, intervalMs, onMeasurement } = this.#options;
    this.#measuring = clock.setTimer(intervalMs, () => this.#measure());
    onMeasurement();
  }
}
