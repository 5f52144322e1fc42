import type { Clock, Timer } from "../util/clock.ts";

/** Something that is done again and again; the wait is asked for each time, and none means off. */
export class Periodic {
  readonly #clock: Clock;
  readonly #wait: () => number | undefined;
  readonly #fire: () => void;
  #timer: Timer | undefined;

  /** @param wait milliseconds until the next time; undefined or 0: not at all, until the next {@link start}. */
  constructor(clock: Clock, wait: () => number | undefined, fire: () => void) {
    this.#clock = clock;
    this.#wait = wait;
    this.#fire = fire;
  }

  /** Begins to wait, anew when it waited already; `first` is the first wait when it differs. */
  start(first = this.#wait()): void {
    this.stop();
    if (!first || first < 0) return;
    this.#timer = this.#clock.setTimer(first, () => {
      this.start();
      this.#fire();
    });
  }

  /** Begins to wait unless it does already. */
  ensure(): void {
    if (!this.#timer) this.start();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}

/** Milliseconds from `now` to the next multiple of `interval` counted from midnight UTC (AlignedDataCtrlr.Interval). */
export function untilAligned(now: number, interval: number): number {
  const sinceMidnight = now % 86_400_000;
  return interval - (sinceMidnight % interval);
}
