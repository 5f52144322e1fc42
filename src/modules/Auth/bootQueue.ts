/** Holds back what comes before the module knows its EVSEs, in order. */
export class BootQueue {
  #waiting: (() => void)[] | undefined = [];

  /** Runs `act` now, or when {@link open} is called. */
  run(act: () => void): void {
    if (this.#waiting) this.#waiting.push(act);
    else act();
  }

  open(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const act of waiting) act();
  }
}
