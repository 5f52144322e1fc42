/** Why the station starts: what was written down before it ended. */
import type { Requirement } from "../../framework/module.ts";
import type { kvs } from "../../interfaces/kvs.ts";
import { BootReason } from "../../interfaces/types/system.ts";

/** EVerest's. */
const KEY = "ocpp_boot_reason";

export class BootReasons {
  readonly #store: Pick<Requirement<typeof kvs>, "call"> | undefined;

  /** @param store without it nothing is remembered. */
  constructor(store: Pick<Requirement<typeof kvs>, "call"> | undefined) {
    this.#store = store;
  }

  /** The reason of this start; the next one has its own. */
  async take(): Promise<BootReason> {
    const stored = await this.#store?.call("load", { key: KEY });
    await this.#store?.call("delete", { key: KEY });
    return BootReason.safeParse(stored).data ?? "PowerUp";
  }

  async remember(value: BootReason): Promise<void> {
    await this.#store?.call("store", { key: KEY, value });
  }

  async isKnown(): Promise<boolean> {
    return (await this.#store?.call("exists", { key: KEY })) ?? false;
  }
}
