/** Work that goes on while nobody waits for it, and that can be called off. */
import { type Clock, sleep } from "../../util/clock.ts";

export interface JobPorts {
  readonly clock: Clock;
  /** 1 = as slow as EVerest's scripts, 0 = without delay. */
  readonly delayFactor: number;
}

/** EVerest's scripts wait so long between their steps. */
const STEP_MS = 2000;

export class Job {
  readonly #ports: JobPorts;
  readonly #abort = new AbortController();
  /** Resolves when it has ended, however that was. */
  readonly done: Promise<void>;

  /** @param onError of `work`, unless it was called off. */
  constructor(ports: JobPorts, work: (job: Job) => Promise<void>, onError: (error: unknown) => void) {
    this.#ports = ports;
    this.done = work(this).catch((error) => {
      if (!this.isCancelled) onError(error);
    });
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get isCancelled(): boolean {
    return this.#abort.signal.aborted;
  }

  cancel(): void {
    this.#abort.abort();
  }

  step(): Promise<void> {
    return sleep(this.#ports.clock, STEP_MS * this.#ports.delayFactor, this.signal);
  }

  wait(ms: number): Promise<void> {
    return sleep(this.#ports.clock, ms, this.signal);
  }

  /** Milliseconds until a time, RFC 3339; 0 when it is absent or over. */
  until(timestamp: string | undefined): number {
    return timestamp === undefined ? 0 : Math.max(0, Date.parse(timestamp) - this.#ports.clock.now());
  }
}

/** How often a file is tried, and how long to wait in between. */
export interface Attempts {
  readonly count: number;
  readonly intervalMs: number;
}

/** Tries until it succeeds, as often as allowed. @returns whether it did. */
export async function attempt(
  job: Job,
  { count, intervalMs }: Attempts,
  act: () => Promise<boolean>,
): Promise<boolean> {
  for (let tried = 1; !job.isCancelled; tried++) {
    if (await act()) return true;
    if (tried >= count) return false;
    await job.wait(intervalMs);
  }
  return false;
}
