/** Messages that tell of something and that nobody waits for: sent now, else kept only where QueueAllMessages says so. */

import type { Calls } from "../../ocpp/v16/messages.generated.ts";
import { inBackground } from "../block.ts";
import type { MessageQueue } from "../queue.ts";
import type { Core } from "./core.ts";
import type { Action } from "./csms.ts";

export class Notices {
  readonly #core: Core;
  readonly #queue: MessageQueue;

  constructor(core: Core, queue: MessageQueue) {
    this.#core = core;
    this.#queue = queue;
  }

  send<A extends Action>(action: A, payload: Calls[A]["request"]): void {
    inBackground(this.#core, action, async () => {
      const outcome = await this.#core.csms.call(action, payload);
      if (outcome.kind === "offline" && this.#isKept(action)) {
        this.#queue.push({ action, payload, importance: "notice" });
      }
    });
  }

  #isKept(action: Action): boolean {
    const { config } = this.#core;
    return (
      config.value("QueueAllMessages") === true && !config.names("MessageTypesDiscardForQueueing").includes(action)
    );
  }
}
