/** The other side's CALLs: handled one after the other, in order, and only so many wait. */
import type { CallFrame } from "./frames.ts";

/** What became of a frame. A `duplicate` repeats the id of a call that is not answered yet: that one's answer serves both. */
export type Taken = "queued" | "duplicate" | "full";

export class Inbox {
  readonly #limit: number;
  readonly #queue: CallFrame[] = [];
  #handle: ((frame: CallFrame) => Promise<void>) | undefined;
  #current: CallFrame | undefined;
  #whenIdle: (() => void)[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @param handle must not reject. Calls that came before it was known are handled now. */
  open(handle: (frame: CallFrame) => Promise<void>): void {
    this.#handle = handle;
    this.#next();
  }

  push(frame: CallFrame): Taken {
    if (this.#current?.id === frame.id || this.#queue.some(({ id }) => id === frame.id)) return "duplicate";
    if (this.#queue.length >= this.#limit) return "full";
    this.#queue.push(frame);
    this.#next();
    return "queued";
  }

  /** Forgets what waits; the call being handled goes on. */
  clear(): void {
    this.#queue.length = 0;
  }

  /** Resolves when the calls taken so far are handled. */
  drain(): Promise<void> {
    return this.#current ? new Promise((resolve) => this.#whenIdle.push(resolve)) : Promise.resolve();
  }

  #next(): void {
    if (this.#current || !this.#handle) return;
    this.#current = this.#queue.shift();
    if (!this.#current) {
      for (const resolve of this.#whenIdle.splice(0)) resolve();
      return;
    }
    void this.#handle(this.#current).then(() => {
      this.#current = undefined;
      this.#next();
    });
  }
}
