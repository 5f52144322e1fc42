/** Functional block B of OCPP 2.0.1, third part: reset (B11, B12). */
import type { ResetRequest, ResetResponse } from "../../ocpp/v201/messages.generated.ts";
import type { Afterwards } from "../../rpc/peer.ts";
import { inBackground } from "../block.ts";
import type { SecurityEvents } from "../securityEvents.ts";
import type { Block, Core } from "./core.ts";
import type { Handlers } from "./csms.ts";
import type { Transactions } from "./transaction.ts";

export class Reset implements Block {
  readonly #core: Core;
  readonly #transactions: Transactions;
  readonly #events: SecurityEvents;
  #whenIdle = false;

  constructor(core: Core, transactions: Transactions, events: SecurityEvents) {
    this.#core = core;
    this.#transactions = transactions;
    this.#events = events;
  }

  readonly handlers: Handlers = { Reset: (request, afterwards) => this.#reset(request, afterwards) };

  /** A transaction may have ended: the reset that waits for it may be due. */
  onSessionEvent(): void {
    if (!this.#whenIdle || this.#busy) return;
    this.#whenIdle = false;
    inBackground(this.#core, "reset", () => this.#resetNow(true));
  }

  get #busy(): boolean {
    return this.#core.station.evses.some(({ id }) => this.#transactions.runningAt(id) !== undefined);
  }

  /** A single EVSE cannot be reset; OnIdle waits for the end of all transactions, Immediate ends them. */
  async #reset({ type, evseId }: ResetRequest, afterwards: Afterwards): Promise<ResetResponse> {
    const { system } = this.#core.station;
    if (!system || evseId !== undefined) return { status: "Rejected", statusInfo: { reasonCode: "NotSupported" } };
    if (!(await system.is_reset_allowed({ type: "NotSpecified" }))) return { status: "Rejected" };
    if (type === "OnIdle" && this.#busy) {
      this.#whenIdle = true;
      return { status: "Scheduled" };
    }
    afterwards(() => inBackground(this.#core, "reset", () => this.#resetNow(false)));
    return { status: "Accepted" };
  }

  async #resetNow(scheduled: boolean): Promise<void> {
    this.#events.raise("ResetOrReboot", scheduled ? "OnIdle" : "Immediate");
    for (const evse of this.#core.station.evses) {
      if (this.#transactions.runningAt(evse.id) === undefined) continue;
      await evse.stop_transaction({ request: { reason: "HardReset" } });
    }
    await this.#core.station.system?.reset({ type: "NotSpecified", scheduled });
  }
}
