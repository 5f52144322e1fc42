import type { Clock, Timer } from "./clock.ts";

interface Pending {
  readonly at: number;
  readonly order: number;
  readonly fire: () => void;
}

/** A clock that stands still until {@link ManualClock.advance} moves it: months pass in a test in milliseconds. */
export class ManualClock implements Clock {
  #elapsed = 0;
  #order = 0;
  readonly #start: number;
  readonly #pending = new Set<Pending>();

  /** @param start milliseconds since 1970 at which the clock stands. */
  constructor(start: number = Date.UTC(2026, 0, 1)) {
    this.#start = start;
  }

  now(): number {
    return this.#start + this.#elapsed;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  setTimer(ms: number, fire: () => void): Timer {
    const pending = { at: this.#elapsed + Math.max(0, ms), order: this.#order++, fire };
    this.#pending.add(pending);
    return { cancel: () => this.#pending.delete(pending) };
  }

  /** How many timers wait. */
  get pending(): number {
    return this.#pending.size;
  }

  /** Moves `ms` forward, firing due timers in order; pending promise jobs and I/O callbacks run between two timers. */
  async advance(ms: number): Promise<void> {
    const end = this.#elapsed + ms;
    await settle();
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#pending.delete(next);
      this.#elapsed = next.at;
      next.fire();
      await settle();
    }
    this.#elapsed = end;
  }

  #next(end: number): Pending | undefined {
    let first: Pending | undefined;
    for (const candidate of this.#pending) {
      if (candidate.at > end) continue;
      if (!first || candidate.at < first.at || (candidate.at === first.at && candidate.order < first.order)) {
        first = candidate;
      }
    }
    return first;
  }
}

function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
