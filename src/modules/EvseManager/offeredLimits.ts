import type { EvsePorts } from "./ports.ts";

/** Tells board, car and watchers what may be drawn. */
export class OfferedLimits {
  readonly #moduleId: string;
  readonly #ports: Pick<EvsePorts, "board" | "hlc" | "publish">;
  #ampere = 0;
  #phases = 1;

  constructor(moduleId: string, ports: Pick<EvsePorts, "board" | "hlc" | "publish">) {
    this.#moduleId = moduleId;
    this.#ports = ports;
  }

  /** Phases available to the car; what is no number of phases is passed over. */
  phases(count: number): void {
    if (count < 1 || count > 3) return;
    this.#phases = count;
    this.#publish();
  }

  /** Ampere a phase, as the energy tree grants and the cable carries them. */
  ampere(value: number): void {
    const { board, hlc } = this.#ports;
    this.#ampere = value;
    board.ac_set_overcurrent_limit_A(value);
    hlc?.update_ac_max_current(value);
    this.#publish();
  }

  #publish(): void {
    const { publish } = this.#ports;
    publish.limits({ uuid: this.#moduleId, max_current: this.#ampere, nr_of_phases_available: this.#phases });
    publish.nodered("state/max_current", String(this.#ampere));
  }
}
