/**
 * One connection with an EV: frames in, frames out, the handshake, then the protocol agreed on. Whatever comes, it harms
 * nobody but this connection.
 */
import { type AppProtocol, appProtocol } from "../iso15118/appProtocol.ts";
import { sessionTimes } from "../iso15118/timers.ts";
import { type ByteStream, StreamError } from "../transport/ports.ts";
import type { Clock, Timer } from "../util/clock.ts";
import { PeerError } from "../util/errors.ts";
import type { Logger } from "../util/log.ts";
import type { Tracer } from "../util/trace.ts";
import { Framer } from "../v2gtp/framer.ts";
import { encodeFrame, MAX_PAYLOAD_ISO2, payloadType } from "../v2gtp/header.ts";
import type { Capture } from "./capture.ts";
import type { SessionEvent } from "./events.ts";
import { negotiate, type OfferedProtocol } from "./handshake.ts";
import { type Answer, ProtocolError, type ProtocolSession, type SessionEnd } from "./protocolSession.ts";
import { traceMessage } from "./trace.ts";

/** The EV may close first; after this we do [V2G2-025]. */
const LINGER_MS = 2_000;
/** V2G is one request, one response; more than this waiting is no EV. */
const MAX_WAITING = 4;

export interface ConnectionOptions {
  readonly stream: ByteStream;
  readonly clock: Clock;
  readonly log: Logger;
  readonly trace: Tracer;
  readonly capture: Capture | undefined;
  /** Those that can be spoken over this connection, as it is then. */
  protocols(): readonly OfferedProtocol[];
  /** Closes at once after a refusal instead of leaving the EV a moment to do so. */
  readonly closeAtOnce: boolean;
  /** A protocol was agreed on: the session, or undefined when the EVSE has one already. */
  begin(protocol: OfferedProtocol, offered: readonly AppProtocol[]): ProtocolSession | undefined;
  /** Every message that was understood, after it was answered. */
  onMessage(name: string, exi: Uint8Array): void;
  /** The connection is over; `session` tells how when there was one. */
  onEnd(session: SessionEnd | undefined): void;
}

export class Connection {
  readonly #options: ConnectionOptions;
  readonly #framer = new Framer(MAX_PAYLOAD_ISO2);
  readonly #waiting: Uint8Array[] = [];
  #session: ProtocolSession | undefined;
  #timer: Timer;
  #busy = false;
  #finished = false;
  #over = false;

  constructor(options: ConnectionOptions) {
    const { clock } = options;
    this.#options = options;
    this.#timer = clock.setTimer(sessionTimes.communicationSetup.performance, () => this.#late("SessionSetup"));
  }

  /** Hears the EV from here on; it may have gone already, and then this ends the connection. */
  listen(): void {
    const { stream } = this.#options;
    stream.onData((bytes) => this.#receive(bytes));
    stream.onClose(() => this.#closed());
  }

  apply(event: SessionEvent): void {
    this.#session?.apply(event);
  }

  /** Whether the EV has come as far as to agree on a protocol. */
  get hasSession(): boolean {
    return this.#session !== undefined;
  }

  /** Drops the connection, and with it the session. */
  end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#timer.cancel();
    this.#waiting.length = 0;
    this.#options.stream.destroy();
    this.#options.onEnd(this.#session?.end());
  }

  #closed(): void {
    if (!this.#session || this.#finished) this.end();
    else this.#fault("the EV broke the connection off without SessionStop", "8.4.3.12");
  }

  #receive(bytes: Uint8Array): void {
    if (this.#over || this.#finished) return;
    try {
      for (const frame of this.#framer.push(bytes)) {
        // Reserved and vendors' payload types are not for us.
        if (frame.payloadType === payloadType.exi) this.#waiting.push(frame.payload);
        if (this.#waiting.length > MAX_WAITING) throw new ProtocolError("more requests than one at a time");
      }
    } catch (error) {
      this.#failed(error);
    }
    void this.#work();
  }

  /** Answers what waits, one after the other. */
  async #work(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    for (let exi = this.#waiting.shift(); exi && !this.#over; exi = this.#waiting.shift()) {
      await this.#answer(exi).catch((error: unknown) => this.#failed(error));
    }
    this.#busy = false;
  }

  async #answer(exi: Uint8Array): Promise<void> {
    this.#capture("EV", exi);
    // A new deadline from here on, also for an EV that does not read what it is answered.
    if (this.#session?.established) this.#expectNext();
    const answer = await (this.#session?.handle(exi) ?? this.#agree(exi));
    if (this.#over || !answer.exi) return;
    await this.#send(answer.exi);
    if (this.#over) return;
    this.#options.onMessage(answer.request, exi);
    this.#options.onMessage(answer.response, answer.exi);
    if (answer.last) return this.#finish(answer.failed);
    if (this.#session?.established) this.#expectNext();
  }

  /** The handshake. @throws PeerError when it is none. */
  #agree(exi: Uint8Array): Answer {
    const { root, value } = appProtocol.decodeStrictly(exi);
    if (root !== "supportedAppProtocolReq") throw new ProtocolError(`a ${root} instead of the handshake`);
    const { trace, protocols } = this.#options;
    traceMessage(trace, "EV", root);
    const { chosen, response } = negotiate(value, protocols());
    if (chosen) this.#session = this.#options.begin(chosen, value.AppProtocol);
    if (chosen && !this.#session)
      this.#fault("the EVSE has a session already, or no data link", "one session for an EVSE");
    traceMessage(trace, "EVSE", "supportedAppProtocolRes", { ResponseCode: response.ResponseCode });
    const exiResponse = appProtocol.encode("supportedAppProtocolRes", response);
    return { request: root, response: "supportedAppProtocolRes", exi: exiResponse, last: !chosen, failed: !chosen };
  }

  async #send(exi: Uint8Array): Promise<void> {
    this.#capture("EVSE", exi);
    await this.#options.stream.write(encodeFrame(payloadType.exi, exi));
  }

  #expectNext(): void {
    const { clock } = this.#options;
    this.#timer.cancel();
    this.#timer = clock.setTimer(sessionTimes.sequence.timeout, () => this.#late("the next request"));
  }

  /** The last response is out: nothing more is read, and the EV closes, or we do. */
  #finish(failed: boolean): void {
    this.#finished = true;
    this.#waiting.length = 0;
    this.#timer.cancel();
    const { clock, stream, closeAtOnce } = this.#options;
    const linger = failed && closeAtOnce ? 0 : LINGER_MS;
    this.#timer = clock.setTimer(linger, () => void stream.close().then(() => this.end()));
  }

  #late(what: string): void {
    const rule = what === "SessionSetup" ? "V2G_SECC_CommunicationSetup_Timeout" : "V2G_SECC_Sequence_Timeout";
    this.#fault(`${what} did not come in time`, rule);
  }

  #fault(title: string, rule: string): void {
    const { trace, stream, log } = this.#options;
    if (this.#over) return;
    log.warn({ remoteAddress: stream.remoteAddress, rule }, title);
    trace.add({ step: this.#session ? 6 : 1, kind: "fault", from: "EVSE", title, outcome: "refused", rule });
    this.end();
  }

  #capture(from: "EV" | "EVSE", payload: Uint8Array): void {
    const { capture, clock } = this.#options;
    capture?.({ time: clock.now(), from, bytes: encodeFrame(payloadType.exi, payload) });
  }

  /** The one place where a peer's fault ends its session; our own is told louder, and ends it just the same. */
  #failed(error: unknown): void {
    if (error instanceof StreamError) {
      this.#closed();
    } else if (error instanceof PeerError) {
      this.#fault(`the EV sent what cannot be read: ${error.message}`, error.name);
    } else {
      this.#options.log.error({ err: error }, "a session failed by our own fault");
      this.#fault("the session failed by a fault of the station", "InternalError");
    }
  }
}
