/**
 * A session of the car from the first SDP request to the closed connection: it finds a charger, checks whom it talks to,
 * agrees on a protocol, and then leaves the word to that protocol's states.
 */
import { appProtocol, type SupportedAppProtocolRes } from "../iso15118/appProtocol.ts";
import { timelineStep } from "../iso15118/timelineSteps.ts";
import { messageTimes } from "../iso15118/timers.ts";
import type { ByteStream } from "../transport/ports.ts";
import type { Timer } from "../util/clock.ts";
import { PeerError } from "../util/errors.ts";
import type { Car, Contract, PausedSession } from "./car.ts";
import { type ConnectionPorts, type ConnectionWishes, connectCharger, setupTime } from "./connect.ts";
import { type ChangedNeeds, type Conversation, conversationOf } from "./conversation.ts";
import { dinDialect } from "./din70121/dialect.ts";
import { decided, type Effect } from "./effects.ts";
import { Exchange, noAnswer } from "./exchange.ts";
import { agreedOn, din70121, iso15118_2, offer, type SpokenProtocol } from "./handshake.ts";
import { iso2Dialect } from "./iso2/dialect.ts";
import { isRegular, type Outcome } from "./outcome.ts";
import type { Witness } from "./witness.ts";

export interface CarOptions extends ConnectionWishes {
  readonly car: Car;
  /** What it speaks, the most wanted first; ISO 15118-2 alone when absent. */
  readonly protocols?: readonly SpokenProtocol[];
  /** A paused session to join. */
  readonly resume?: PausedSession;
}

export interface CarPorts extends ConnectionPorts {
  /** Tells the car's other parts. Must not throw. */
  publish(variable: Extract<Effect, { to: "ev" }>): void;
  /** Keeps a new contract in the place of the old one; without it it serves for one session. Never rejects; gives the reason when it could not. */
  storeContract?(contract: Contract): Promise<string | undefined>;
  /** Gets every message, for those who have no other way to see them. Must not throw. */
  readonly witness?: Witness;
}

/** A contract that serves for one session. */
const forgotten = async () => undefined;

/** One session under way; it starts at once. */
export class CarSession {
  /** How it ended; everything is closed by then. Rejects only with a UserError, when the link cannot be used. */
  readonly finished: Promise<Outcome>;
  readonly #options: CarOptions;
  readonly #ports: CarPorts;
  readonly #over = new AbortController();
  readonly #setup: Timer;
  #patience: Timer | undefined;
  #readyToCharge: Timer | undefined;
  #exchange: Exchange | undefined;
  #conversation: Conversation | undefined;
  /** What ended it from this side; it explains more than the broken connection that follows. */
  #cause: Outcome | undefined;
  #powerReady = false;

  constructor(options: CarOptions, ports: CarPorts) {
    this.#options = options;
    this.#ports = ports;
    this.#setup = ports.clock.setTimer(setupTime(options), () =>
      this.#end({ ended: "timeout", reason: "the communication was not set up in time" }),
    );
    this.finished = this.#run();
  }

  /** Ends charging and the session in good order; `reason` is for people. */
  stop(reason: string): void {
    this.#leave("Terminate", reason);
  }

  /** As {@link stop}, but the session can be joined again: see the outcome's `resume`. */
  pause(reason: string): void {
    this.#leave("Pause", reason);
  }

  /** Agrees with the EVSE on another schedule while it charges. @returns false when it cannot */
  renegotiate(needs: ChangedNeeds = {}): boolean {
    return this.#conversation?.renegotiate(needs) ?? false;
  }

  /** The car's instruments say how full the battery is; until then it is reckoned up. @param soc percent */
  batteryAt(soc: number): void {
    this.#conversation?.batteryAt(soc);
  }

  /** Drops everything at once, as when the cable is pulled. */
  abort(reason: string): void {
    this.#end({ ended: "aborted", reason });
  }

  #leave(ending: "Terminate" | "Pause", reason: string): void {
    if (this.#conversation) this.#conversation.leave(ending, reason);
    else this.abort(reason);
  }

  #end(cause: Outcome): void {
    this.#cause ??= cause;
    this.#over.abort();
    this.#conversation?.drop();
    this.#exchange?.destroy();
  }

  async #run(): Promise<Outcome> {
    try {
      const talked = await this.#talk();
      return this.#conclude(this.#cause ?? talked);
    } finally {
      this.#setup.cancel();
      this.#patience?.cancel();
      this.#readyToCharge?.cancel();
      await this.#exchange?.close();
    }
  }

  #conclude(outcome: Outcome): Outcome {
    if (this.#powerReady) this.#perform({ to: "ev", name: "ev_power_ready", value: false });
    const step = this.#conversation ? timelineStep(this.#conversation.state) : 1;
    const verdict = isRegular(outcome) ? "ok" : "refused";
    this.#perform(decided({ step, title: `ends the session (${outcome.ended}): ${outcome.reason}`, outcome: verdict }));
    return outcome;
  }

  async #talk(): Promise<Outcome> {
    const stream = await connectCharger(this.#options, this.#ports, this.#over.signal);
    if ("ended" in stream) return stream;
    this.#exchange = new Exchange(stream, this.#ports.clock);
    if (this.#over.signal.aborted) this.#exchange.destroy();
    const agreed = await this.#agree(stream, this.#exchange);
    return "ended" in agreed ? agreed : this.#converse(agreed, stream, this.#exchange);
  }

  /** SupportedAppProtocol; an outcome when there is no agreement. */
  async #agree({ tls }: ByteStream, exchange: Exchange): Promise<SpokenProtocol | Outcome> {
    const protocols = (this.#options.protocols ?? [iso15118_2]).filter(({ plainOnly }) => !(plainOnly && tls));
    if (protocols.length === 0) return { ended: "no common protocol", reason: "what the car speaks is not for TLS" };
    const request = appProtocol.encode("supportedAppProtocolReq", offer(protocols));
    const { witness } = this.#ports;
    witness?.("EV", "supportedAppProtocolReq", {});
    const answer = await exchange.request(request, messageTimes.supportedAppProtocolReq.timeout);
    if (answer.kind !== "answer") return noAnswer(answer, "supportedAppProtocolRes");
    const response = decodeAgreement(answer.payload);
    if ("ended" in response) return response;
    witness?.("EVSE", "supportedAppProtocolRes", response);
    const agreement = agreedOn(response, protocols);
    if (!agreement.ok) return { ended: "no common protocol", reason: agreement.reason };
    this.#perform(decided({ step: 1, title: `agrees on ${agreement.protocol.name}`, outcome: "ok" }));
    return agreement.protocol;
  }

  #converse(protocol: SpokenProtocol, { tls }: ByteStream, exchange: Exchange): Promise<Outcome> {
    const { car, resume } = this.#options;
    const { clock, storeContract = forgotten } = this.#ports;
    const ports = { now: () => clock.now(), storeContract };
    const around = { exchange, ...this.#ports, perform: (effect: Effect) => this.#perform(effect) };
    this.#conversation =
      protocol === din70121
        ? conversationOf(dinDialect(car), around)
        : conversationOf(iso2Dialect({ car, secured: tls !== undefined, resume }, ports), around);
    return this.#conversation.run();
  }

  #perform(effect: Effect): void {
    if (effect.to === "trace") {
      this.#ports.trace.add(effect.event);
    } else if (effect.to === "timer") {
      this.#time(effect);
    } else {
      if (effect.name === "ev_power_ready") this.#powerReady = effect.value;
      this.#ports.publish(effect);
    }
  }

  #time(effect: Extract<Effect, { to: "timer" }>): void {
    if (effect.timer === "established") {
      this.#setup.cancel();
    } else if (effect.timer === "over") {
      this.#patience?.cancel();
      this.#patience = undefined;
    } else if (effect.timer === "readyToCharge") {
      this.#readyToCharge?.cancel();
      const { ms } = effect;
      const reason = `the EVSE was not ready to charge in ${(ms ?? 0) / 1000} s`;
      if (ms !== undefined) {
        this.#readyToCharge = this.#ports.clock.setTimer(ms, () => this.#end({ ended: "timeout", reason }));
      }
    } else {
      const { request, ms } = effect;
      this.#patience ??= this.#ports.clock.setTimer(ms, () =>
        this.#end({ ended: "timeout", reason: `the EVSE was not finished with ${request} in ${ms / 1000} s` }),
      );
    }
  }
}

function decodeAgreement(exi: Uint8Array): SupportedAppProtocolRes | Outcome {
  try {
    const { root, value } = appProtocol.decodeStrictly(exi);
    if (root === "supportedAppProtocolRes") return value;
    return { ended: "protocol error", reason: `instead of supportedAppProtocolRes: ${root} came` };
  } catch (error) {
    if (!(error instanceof PeerError)) throw error;
    return { ended: "protocol error", reason: `instead of supportedAppProtocolRes: ${error.message}` };
  }
}
