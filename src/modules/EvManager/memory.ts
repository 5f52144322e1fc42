/** Remembers across a power cut that the car was plugged in, and by which script. */

/** A store of values under keys. */
export interface Store {
  load(key: string): Promise<unknown>;
  store(key: string, value: unknown): Promise<unknown>;
}

/** What to run when the car was plugged in and nobody knows how. */
const FALLBACK_SCRIPT = "iec_wait_pwr_ready;sleep 60";

export class PlugMemory {
  readonly #store: Store | undefined;
  readonly #pluggedKey: string;
  readonly #scriptKey: string;
  #pluggedIn = false;

  /** @param owner part of the keys; without a store nothing is remembered. */
  constructor(store: Store | undefined, owner: string) {
    this.#store = store;
    this.#pluggedKey = `${owner}_simulated_already_plugged_in`;
    this.#scriptKey = `${owner}_simulated_plugged_in_command`;
  }

  async remember(pluggedIn: boolean, script: string): Promise<void> {
    if (pluggedIn === this.#pluggedIn) return;
    this.#pluggedIn = pluggedIn;
    await this.#store?.store(this.#pluggedKey, pluggedIn);
    if (pluggedIn) await this.#store?.store(this.#scriptKey, script);
  }

  /** The script that plugged the car in, when it was plugged in at the end. */
  async recall(): Promise<string | undefined> {
    if ((await this.#store?.load(this.#pluggedKey)) !== true) return undefined;
    this.#pluggedIn = true;
    const script = await this.#store?.load(this.#scriptKey);
    return typeof script === "string" ? script : FALLBACK_SCRIPT;
  }
}
