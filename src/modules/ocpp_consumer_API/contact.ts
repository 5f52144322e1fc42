/** Signs of life both ways: ours, and those that programs outside owe us. */
import { repeatedly, type Timer } from "../../util/clock.ts";
import type { Context, Topics } from "./topics.ts";

/** In EVerest's words: nobody was ever there, or somebody is gone. */
const subTypes = { first: "Initial communication check", later: "Bridge to implementation connection lost" } as const;

export class Contact {
  readonly #ctx: Context;
  readonly #topics: Topics;
  #beat: Timer | undefined;
  #check: Timer | undefined;
  #beats = 0;

  constructor(ctx: Context, topics: Topics) {
    this.#ctx = ctx;
    this.#topics = topics;
  }

  start(): void {
    const { clock, config } = this.#ctx;
    this.#topics.take("communication_check", (value) => this.#hear(value === true));
    if (config.cfg_communication_check_to_s > 0) this.#complain(subTypes.first);
    if (config.cfg_heartbeat_interval_ms <= 0) return;
    const beat = () => this.#topics.publish("heartbeat", this.#beats++);
    this.#beat = repeatedly(clock, config.cfg_heartbeat_interval_ms, beat);
  }

  stop(): void {
    this.#check?.cancel();
    this.#beat?.cancel();
  }

  /** @param goesOn `false` says goodbye: nothing more is to be waited for. */
  #hear(goesOn: boolean): void {
    const { clock, config, provides } = this.#ctx;
    this.#check?.cancel();
    provides.generic_error.clearErrors("generic/CommunicationFault");
    const seconds = config.cfg_communication_check_to_s;
    if (goesOn && seconds > 0) this.#check = clock.setTimer(seconds * 1000, () => this.#complain(subTypes.later));
  }

  #complain(sub_type: string): void {
    const message = "Send communication_check to clear the error";
    this.#ctx.provides.generic_error.raiseError("generic/CommunicationFault", { message, sub_type });
  }
}
