/** Counts failed logins, so that guessing passwords is slow and cheap for us. */
import type { Clock } from "../util/clock.ts";

export interface ThrottleOptions {
  readonly clock: Clock;
  /** How many failures within the window are looked at; 20. */
  readonly limit?: number;
  /** 60,000. */
  readonly windowMs?: number;
}

interface Failures {
  count: number;
  readonly since: number;
}

/** How many sources are remembered; the oldest is forgotten first, so that memory is bounded whoever tries. */
const MAX_SOURCES = 10_000;

export class Throttle {
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #windowMs: number;
  readonly #failures = new Map<string, Failures>();

  constructor({ clock, limit = 20, windowMs = 60_000 }: ThrottleOptions) {
    this.#clock = clock;
    this.#limit = limit;
    this.#windowMs = windowMs;
  }

  /** How long `source` has to wait, in whole seconds; 0 when it may try. */
  retryAfter(source: string): number {
    const failures = this.#current(source);
    if (!failures || failures.count < this.#limit) return 0;
    return Math.ceil((failures.since + this.#windowMs - this.#clock.monotonic()) / 1000);
  }

  failed(source: string): void {
    const failures = this.#current(source);
    if (failures) {
      failures.count += 1;
      return;
    }
    this.#failures.delete(source);
    this.#failures.set(source, { count: 1, since: this.#clock.monotonic() });
    const [oldest] = this.#failures.keys();
    if (this.#failures.size > MAX_SOURCES && oldest !== undefined) this.#failures.delete(oldest);
  }

  #current(source: string): Failures | undefined {
    const failures = this.#failures.get(source);
    return failures && failures.since + this.#windowMs > this.#clock.monotonic() ? failures : undefined;
  }
}
