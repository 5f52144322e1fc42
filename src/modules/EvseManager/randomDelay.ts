/**
 * The random delay of the United Kingdom's smart charge point regulations 2021: after a change of the limit the old one
 * holds for a random time, so that many stations do not switch at once.
 */
import type { CountDown } from "../../interfaces/types/uk_random_delay.ts";
import { type Clock, isoTime } from "../../util/clock.ts";
import type { Random } from "../../util/random.ts";

export interface RandomDelayOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly enabled: boolean;
  readonly maxSeconds: number;
  /** Every change counts, not only those from and to zero. */
  readonly atAnyChange: boolean;
}

interface Running {
  readonly startedAt: number;
  readonly endsAt: number;
  /** The limit that holds meanwhile. */
  readonly held: number;
}

export class RandomDelay {
  readonly #options: RandomDelayOptions;
  #enabled: boolean;
  #maxSeconds: number;
  #running: Running | undefined;
  #everStarted = false;
  #last = 0;

  constructor(options: RandomDelayOptions) {
    this.#options = options;
    this.#enabled = options.enabled;
    this.#maxSeconds = options.maxSeconds;
  }

  set enabled(value: boolean) {
    this.#enabled = value;
    if (!value) this.#running = undefined;
  }

  set maxSeconds(value: number) {
    this.#maxSeconds = Math.max(1, value);
  }

  /** As if the delay had run out. */
  cancel(): void {
    this.#running = undefined;
  }

  /**
   * @param limit ampere granted now.
   * @param relevant a car is about to charge or charges.
   * @param justStarted the station started with a car plugged in; the first limit counts as a change from zero.
   * @returns the limit that holds, and what to publish.
   */
  apply(limit: number, relevant: boolean, justStarted: boolean): { limit: number; countdown?: CountDown } {
    if (!this.#enabled) {
      this.#last = limit;
      return { limit };
    }
    if (!relevant) this.#running = undefined;
    const first = justStarted && !this.#everStarted;
    if (!this.#running && relevant && (first || this.#isChange(limit))) this.#start(first);
    this.#last = limit;
    const left = this.#secondsLeft();
    if (left <= 0) this.#running = undefined;
    const held = this.#running?.held ?? limit;
    const countdown: CountDown = {
      countdown_s: Math.max(0, left),
      current_limit_after_delay_A: limit,
      current_limit_during_delay_A: held,
      ...(this.#running ? { start_time: isoTime(this.#running.startedAt) } : {}),
    };
    return { limit: held, countdown };
  }

  #isChange(limit: number): boolean {
    const same = Math.abs(limit - this.#last) < 0.1;
    if (this.#options.atAnyChange) return !same;
    return Math.abs(limit) < 0.1 !== Math.abs(this.#last) < 0.1;
  }

  #start(fromZero: boolean): void {
    const { clock, random } = this.#options;
    this.#everStarted = true;
    const [a = 0, b = 0] = random.bytes(2);
    const seconds = (a * 256 + b) % this.#maxSeconds;
    this.#running = {
      startedAt: clock.now(),
      endsAt: clock.monotonic() + seconds * 1000,
      held: fromZero ? 0 : this.#last,
    };
  }

  #secondsLeft(): number {
    if (!this.#running) return 0;
    return Math.ceil((this.#running.endsAt - this.#options.clock.monotonic()) / 1000);
  }
}
