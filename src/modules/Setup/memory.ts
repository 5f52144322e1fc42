/** What is remembered of the set-up, under EVerest's keys. */
import type { Requirement } from "../../framework/module.ts";
import type { kvs } from "../../interfaces/kvs.ts";

const keys = {
  initialized: "everest_initialized",
  mode: "everest_mode",
  language: "everest_localization_default_language",
} as const;

export class Memory {
  readonly #store: Pick<Requirement<typeof kvs>, "call">;
  #current = "";

  constructor(store: Pick<Requirement<typeof kvs>, "call">) {
    this.#store = store;
  }

  async remember(what: keyof typeof keys, value: string | boolean): Promise<void> {
    await this.#store.call("store", { key: keys[what], value });
  }

  /** Until the station ends. */
  set currentLanguage(language: string) {
    this.#current = language;
  }

  async recall() {
    const [initialized, mode, language] = await Promise.all([
      this.#load("initialized"),
      this.#load("mode"),
      this.#load("language"),
    ]);
    const default_language = typeof language === "string" ? language : "unknown";
    this.#current ||= default_language;
    return {
      initialized: initialized === true,
      mode: typeof mode === "string" ? mode : "unknown",
      default_language,
      current_language: this.#current,
    };
  }

  #load(what: keyof typeof keys): Promise<unknown> {
    return this.#store.call("load", { key: keys[what] });
  }
}
