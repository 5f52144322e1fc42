/** The CSMS resets the station (OCPP 1.6, 5.14). */
import type { ResetRequest, ResetResponse } from "../../ocpp/v16/messages.generated.ts";
import type { Afterwards } from "../../rpc/peer.ts";
import { withTimeout } from "../../util/clock.ts";
import { inBackground } from "../block.ts";
import type { MessageQueue } from "../queue.ts";
import type { SecurityEvents } from "../securityEvents.ts";
import type { Block, Core } from "./core.ts";
import type { Handlers } from "./csms.ts";
import type { Transactions } from "./transactions.ts";

export class Reset implements Block {
  readonly #core: Core;
  readonly #queue: MessageQueue;
  readonly #transactions: Transactions;
  readonly #events: SecurityEvents;
  #waiting: (() => void) | undefined;

  constructor(core: Core, queue: MessageQueue, transactions: Transactions, events: SecurityEvents) {
    this.#core = core;
    this.#queue = queue;
    this.#transactions = transactions;
    this.#events = events;
  }

  readonly handlers: Handlers = { Reset: (request, afterwards) => this.#reset(request, afterwards) };

  /** A transaction may have ended. */
  onSessionEvent(): void {
    if (!this.#transactions.anyRunning) this.#waiting?.();
  }

  async #reset({ type }: ResetRequest, afterwards: Afterwards): Promise<ResetResponse> {
    const { system } = this.#core.station;
    if (!system || !(await system.is_reset_allowed({ type }))) return { status: "Rejected" };
    afterwards(() => inBackground(this.#core, "reset", () => this.#resetNow(type)));
    return { status: "Accepted" };
  }

  /** All transactions end first, and the CSMS should hear of it; WaitForStopTransactionsOnResetTimeout says how long that may take. */
  async #resetNow(type: ResetRequest["type"]): Promise<void> {
    const { clock, config, connectors, station } = this.#core;
    this.#events.raise("ResetOrReboot", `${type} reset by the CSMS`);
    const ended = new Promise<void>((resolve) => {
      this.#waiting = resolve;
    });
    for (const { id, evse } of connectors.all) {
      if (!this.#transactions.runningAt(id)) continue;
      await evse.stop_transaction({ request: { reason: type === "Soft" ? "SoftReset" : "HardReset" } });
    }
    this.onSessionEvent();
    const told = ended.then(() => this.#queue.drained());
    await withTimeout(clock, config.value("WaitForStopTransactionsOnResetTimeout") * 1000, told, () => undefined);
    this.#waiting = undefined;
    await station.system?.reset({ type, scheduled: false });
  }
}
