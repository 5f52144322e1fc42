/** One operation at a time, on files that no crash has left half changed. */
import type { Clock } from "../util/clock.ts";
import type { Logger } from "../util/log.ts";
import type { FileChange, Journal } from "./journal.ts";

export class Turns {
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #log: Logger;
  #last: Promise<unknown> = Promise.resolve();

  constructor(journal: Journal, clock: Clock, log: Logger) {
    this.#journal = journal;
    this.#clock = clock;
    this.#log = log;
  }

  /** Runs `operation` after all that were asked for before it. @param operation gets the time, ms since 1970 */
  take<R>(operation: (time: number) => Promise<R>): Promise<R> {
    const turn = this.#last.then(async () => {
      await this.#attempt(() => this.#journal.recover(), "an interrupted change could not be finished");
      return operation(this.#clock.now());
    });
    this.#last = turn.catch(() => {});
    return turn;
  }

  /** Resolves when nothing is under way any more. */
  async settled(): Promise<void> {
    for (let last: unknown; last !== this.#last; ) {
      last = this.#last;
      await last;
    }
  }

  /** False when the disk does not take it; then nothing is changed. */
  write(changes: readonly FileChange[]): Promise<boolean> {
    return this.#attempt(() => this.#journal.apply(changes), "the certificate store could not be written");
  }

  async #attempt(work: () => Promise<void>, failure: string): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (!isSystemError(error)) throw error;
      this.#log.error({ code: error.code, path: error.path }, failure);
      return false;
    }
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).code === "string";
}
