/** Who wants the EVSE on or off, and who decides. */
import type { EnableDisableSource } from "../../interfaces/types/evse_manager.ts";

/** Nobody has said anything. */
export const onByDefault: EnableDisableSource = {
  enable_source: "Unspecified",
  enable_state: "Enable",
  enable_priority: 10000,
};

/** The last word of each source. */
export class EnableTable {
  readonly #sources = new Map<string, EnableDisableSource>();

  set(source: EnableDisableSource): void {
    this.#sources.set(source.enable_source, source);
  }

  /** Who decides: the highest priority (lowest number) that is not Unassigned; of equals the one that says Disable. */
  get decider(): EnableDisableSource {
    const voters = [...this.#sources.values()].filter(({ enable_state }) => enable_state !== "Unassigned");
    return voters.toSorted(byWeight)[0] ?? onByDefault;
  }

  get enabled(): boolean {
    return this.decider.enable_state !== "Disable";
  }
}

function byWeight(a: EnableDisableSource, b: EnableDisableSource): number {
  const disable = (source: EnableDisableSource) => (source.enable_state === "Disable" ? 0 : 1);
  return a.enable_priority - b.enable_priority || disable(a) - disable(b);
}
