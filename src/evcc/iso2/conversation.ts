/** A session of ISO 15118-2 over one connection: request, response, next request, until the states say that it is over. */
import { type Incoming, Runner } from "../../fsm/machine.ts";
import { messageTimes } from "../../iso15118/timers.ts";
import type { Clock } from "../../util/clock.ts";
import type { Effect } from "../effects.ts";
import { type Exchange, noAnswer } from "../exchange.ts";
import type { Outcome } from "../outcome.ts";
import type { Witness } from "../witness.ts";
import { iso2Car } from "./machine.ts";
import type { Iso2, Iso2Session, Request } from "./protocol.ts";
import { sessionSetupReq } from "./sessionSetup.ts";
import { decodeResponse, encodeRequest } from "./wire.ts";

export interface ConversationOptions {
  readonly exchange: Exchange;
  readonly clock: Clock;
  /** Carries out one effect. Must not throw. */
  perform(effect: Effect): void;
  readonly witness?: Witness;
}

export class Conversation {
  readonly #exchange: Exchange;
  readonly #runner: Runner<Iso2>;
  readonly #witness: Witness | undefined;

  constructor(session: Iso2Session, { exchange, clock, perform, witness }: ConversationOptions) {
    this.#exchange = exchange;
    this.#witness = witness;
    this.#runner = new Runner(iso2Car, session, { clock, ports: {}, perform });
  }

  /** The response that is awaited, or was last. */
  get state(): string {
    return this.#runner.state;
  }

  /** The car wants to end or pause, for this reason, at the next occasion. The first wish counts. */
  leave(ending: "Terminate" | "Pause", endingReason: string): void {
    if (!this.#runner.session.ending) this.#runner.apply({ ending, endingReason });
  }

  /** Nothing more is asked; a pause between two requests ends at once. */
  drop(): void {
    this.#runner.stop();
  }

  /** Talks until the end; never rejects for what the other side does. */
  async run(): Promise<Outcome> {
    let request: Request | undefined = sessionSetupReq(this.#runner.session);
    while (request) {
      const response: Incoming<Iso2> | Outcome = await this.#ask(request);
      if ("ended" in response) return response;
      request = await this.#runner.feed(response);
    }
    return this.#runner.session.outcome ?? { ended: "aborted", reason: "the conversation was dropped" };
  }

  async #ask(request: Request): Promise<Incoming<Iso2> | Outcome> {
    const awaited = request.name.replace(/Req$/, "Res");
    const exi = encodeRequest(request, this.#runner.session);
    if ("ended" in exi) return exi;
    this.#witness?.("EV", request.name, {});
    const answer = await this.#exchange.request(exi, messageTimes[request.name].timeout);
    if (answer.kind !== "answer") return noAnswer(answer, awaited);
    const response = decodeResponse(answer.payload, awaited);
    if (!("ended" in response)) this.#witness?.("EVSE", response.name, response.message.body);
    return response;
  }
}
