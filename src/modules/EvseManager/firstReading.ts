import { withTimeout } from "../../util/clock.ts";
import type { EvsePorts } from "./ports.ts";

/** The first value of the billing meter, for which a station may wait before it serves cars. */
export class FirstReading {
  readonly #timeoutMs: number;
  #came = false;
  #got: (nothing: undefined) => void = () => {};

  /** @param timeoutMs 0 = nobody waits. */
  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  came(): void {
    this.#came = true;
    this.#got(undefined);
  }

  /** Nobody needs it any more. */
  giveUp(): void {
    this.#got(undefined);
  }

  /** Resolves with the value, or when it took too long. Never rejects. */
  async wait({ clock, log }: Pick<EvsePorts, "clock" | "log">): Promise<void> {
    if (this.#came || this.#timeoutMs === 0) return;
    const reading = new Promise<undefined>((resolve) => {
      this.#got = resolve;
    });
    await withTimeout(clock, this.#timeoutMs, reading, () => log.warn({}, "the powermeter has not sent a value yet"));
  }
}
