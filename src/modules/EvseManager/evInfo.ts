import type { CarManufacturer, EVInfo } from "../../interfaces/types/evse_manager.ts";

/** Address blocks of car makers (IEEE OUI registry). */
const makers: readonly (readonly [prefix: string, maker: CarManufacturer])[] = [
  ["00:7D:FA", "VolkswagenGroup"],
  ["0C:29:8F", "Tesla"],
  ["4C:FC:AA", "Tesla"],
  ["54:F8:F0", "Tesla"],
  ["98:ED:5C", "Tesla"],
  ["DC:44:27:1", "Tesla"],
];

/** Who built the car with this EVCCID (`XX:XX:XX:XX:XX:XX`). */
export function manufacturerOf(evccId: string): CarManufacturer {
  return makers.find(([prefix]) => evccId.toUpperCase().startsWith(prefix))?.[1] ?? "Unknown";
}

/** What the car tells of itself, collected in one session. */
export class EvInfo {
  readonly #publish: (info: EVInfo) => void;
  #info: EVInfo = {};

  constructor(publish: (info: EVInfo) => void) {
    this.#publish = publish;
  }

  /** Publishes when something is new. */
  update(change: EVInfo): void {
    const before = JSON.stringify(this.#info);
    this.#info = { ...this.#info, ...change };
    if (JSON.stringify(this.#info) !== before) this.#publish(this.#info);
  }

  /** Another car, or none. */
  reset(): void {
    this.#info = {};
    this.#publish(this.#info);
  }
}
