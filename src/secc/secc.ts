/**
 * The SECC of one EVSE: it lets itself be found, listens, and has at most one session at a time. What a session wants is
 * handed to `perform`; what the EVSE's manager wants arrives by the methods.
 */
import type { AppProtocol } from "../iso15118/appProtocol.ts";
import { sessionTimes } from "../iso15118/timers.ts";
import type { Link } from "../transport/interfaces.ts";
import type {
  ByteStream,
  ChainChoice,
  ConnectionFault,
  Network,
  TlsCredentials,
  TlsServerOptions,
} from "../transport/ports.ts";
import type { Timer } from "../util/clock.ts";
import type { Logger } from "../util/log.ts";
import { beginSession, type SessionHome } from "./beginSession.ts";
import type { Capture } from "./capture.ts";
import { explainChoice } from "./chainChoice.ts";
import { Connection } from "./connection.ts";
import { ContractAnswers } from "./contractAnswers.ts";
import { messageEffect, protocolEffects } from "./debug.ts";
import { type OutwardEffect, publish } from "./effects.ts";
import type { SessionEvent } from "./events.ts";
import { type Evse, initialEvse } from "./evse.ts";
import type { OfferedProtocol } from "./handshake.ts";
import { explainFault } from "./handshakeFaults.ts";
import type { PausedSession } from "./iso2/protocol.ts";
import { Listeners } from "./listeners.ts";
import type { ProtocolSession, SessionEnd } from "./protocolSession.ts";
import { SdpServer, type TlsSecurity } from "./sdpServer.ts";
import { failureReason, linkEffects } from "./sessionEnd.ts";

/** How long an EV may take to stop by itself when it is asked to. */
const STOP_MS = 10_000;

export interface SeccOptions extends SessionHome {
  readonly network: Network;
  readonly log: Logger;
  /** Undefined when somebody else answers SDP requests. */
  readonly sdpPort: number | undefined;
  /** True where the data link does not say when a car comes: then none is missed, however long it takes. */
  readonly patient?: boolean;
  readonly tlsSecurity: TlsSecurity;
  readonly tls: Omit<TlsServerOptions, "credentials" | "onChoice">;
  readonly protocols: readonly OfferedProtocol[];
  /** See `terminate_connection_on_failed_response`. */
  readonly closeAtOnce: boolean;
  readonly maxConnections: number;
  readonly capture?: Capture;
  /** Must not throw. */
  perform(effect: OutwardEffect): void;
}

export class Secc {
  readonly #options: SeccOptions;
  readonly #connections = new Set<Connection>();
  readonly #contractAnswers: ContractAnswers;
  #listeners: Listeners | undefined;
  #sdp: SdpServer | undefined;
  #evse: Evse = initialEvse;
  #protocols: readonly OfferedProtocol[];
  #debug = false;
  #active: Connection | undefined;
  #paused: PausedSession | undefined;
  #ready = false;
  #setup: Timer | undefined;
  #stop: Timer | undefined;

  constructor(options: SeccOptions) {
    this.#options = options;
    this.#contractAnswers = new ContractAnswers(options.clock);
    this.#protocols = options.protocols;
  }

  /** Begins to listen and to answer SDP requests; until then it only remembers what it is told. @throws UserError when an address or port cannot be had; it can be tried again. */
  async open(link: Link, chains: readonly TlsCredentials[]): Promise<void> {
    try {
      this.#listeners = new Listeners({
        ...this.#options,
        link,
        tls: { ...this.#options.tls, onChoice: (choice) => this.#chose(choice) },
        onStream: (stream) => this.#accept(stream),
        onFault: (fault) => this.#fault(fault),
      });
      await this.#listeners.open(chains);
      await this.#openSdp(link);
    } catch (error) {
      await this.#closeSockets();
      throw error;
    }
  }

  async #openSdp(link: Link): Promise<void> {
    const { sdpPort, network, tlsSecurity, trace } = this.#options;
    if (sdpPort === undefined) return;
    this.#sdp = await SdpServer.open({
      network,
      link,
      port: sdpPort,
      tlsSecurity,
      trace,
      dataLinkReady: () => this.#ready,
      serverPort: (security) => this.port(security),
    });
  }

  async #closeSockets(): Promise<void> {
    const sockets = [this.#sdp, this.#listeners];
    this.#sdp = undefined;
    this.#listeners = undefined;
    await Promise.all(sockets.map((socket) => socket?.close()));
  }

  get evse(): Evse {
    return this.#evse;
  }

  /** The UDP port of the SDP server; undefined when there is none. */
  get sdpPort(): number | undefined {
    return this.#sdp?.port;
  }

  /** Where cars can connect; undefined when they cannot. */
  port(security: "tls" | "none"): number | undefined {
    return this.#listeners?.port(security);
  }

  /** Changes what is known of the EVSE, for the session under way too. */
  update(change: Partial<Evse>): void {
    this.#evse = { ...this.#evse, ...change };
    this.#active?.apply({ type: "evse", evse: this.#evse });
  }

  /** What may be offered from now on. Said between two sessions, it is for another car: what was paused is over. */
  offer(change: Pick<Evse, "paymentOptions" | "certificateService" | "centralContractValidation">): void {
    if (!this.#active) this.#paused = undefined;
    this.update(change);
  }

  /** Passes an answer on to the session; without one it is dropped. */
  apply(event: SessionEvent): void {
    const known = event.type === "certificate_response" ? this.#contractAnswers.came(event) : event;
    this.#active?.apply(known);
  }

  setProtocols(protocols: readonly OfferedProtocol[]): void {
    this.#protocols = protocols;
  }

  /** With it, the protocols that EVs offer are published. */
  setDebug(debug: boolean): void {
    this.#debug = debug;
  }

  /** New certificates, or none that could be used; an EV is shown the first whose root it names. @throws UserError when they do not fit. */
  async setCredentials(chains: readonly TlsCredentials[]): Promise<void> {
    await this.#listeners?.setCredentials(chains);
  }

  /** Whether the data link to the EV is there; when it goes, so do all connections. */
  dlinkReady(ready: boolean): void {
    this.#ready = ready;
    this.#setup?.cancel();
    this.#sdp?.forget();
    if (ready && this.#sdp && !this.#options.patient) {
      this.#setup = this.#options.clock.setTimer(sessionTimes.communicationSetup.performance, () => this.#noEv());
    }
    if (ready) return;
    for (const connection of [...this.#connections]) connection.end();
    this.#stop?.cancel();
    this.#forgetEv({});
    // Handshakes that the EV has left unfinished would stand in the way of the next one.
    this.#listeners?.dropAll();
  }

  /** Asks the EV to stop, and does not answer it any longer when it has not after a while; or takes that back. */
  stopCharging(stop: boolean): void {
    this.#stop?.cancel();
    const { clock } = this.#options;
    const notificationUntil = clock.now() + STOP_MS;
    this.update(stop ? { notification: "StopCharging", notificationUntil } : { notification: "None", shutdown: false });
    if (stop && this.#active) this.#stop = clock.setTimer(STOP_MS, () => this.update({ shutdown: true }));
  }

  /** Asks the EV to agree on a schedule anew, if it has agreed on one. */
  renegotiate(): void {
    this.update({ scheduleWishes: this.#evse.scheduleWishes + 1 });
  }

  async close(): Promise<void> {
    this.#ready = false;
    this.#setup?.cancel();
    this.#stop?.cancel();
    for (const connection of [...this.#connections]) connection.end();
    await this.#closeSockets();
  }

  #noEv(): void {
    if (this.#active) return;
    const title = "no EV connected in time after the data link was ready";
    const rule = "V2G_SECC_CommunicationSetup_Timeout";
    this.#options.trace.add({ step: 1, kind: "fault", from: "EVSE", title, outcome: "refused", rule });
    this.#options.perform(publish("dlink_error"));
  }

  #accept(stream: ByteStream): void {
    const { clock, log, trace, capture, closeAtOnce } = this.#options;
    if (stream.tls) {
      const title = `${stream.tls.protocol} connection from the EV`;
      trace.add({ step: 1, kind: "state", from: "EVSE", title, outcome: "ok", detail: { cipher: stream.tls.cipher } });
    }
    const connection: Connection = new Connection({
      stream,
      clock,
      log,
      trace,
      capture,
      protocols: () => this.#protocols.filter(({ fits }) => fits?.(this.#evse, stream.tls !== undefined) ?? true),
      closeAtOnce,
      begin: (protocol, offered) => this.#begin(connection, stream, protocol, offered),
      onMessage: (name, exi) => this.#message(name, exi),
      onEnd: (end) => this.#ended(connection, end),
    });
    this.#connections.add(connection);
    connection.listen();
  }

  /** The EVSE's one session; a connection that comes second gets none. */
  #begin(
    connection: Connection,
    stream: ByteStream,
    protocol: OfferedProtocol,
    offered: readonly AppProtocol[],
  ): ProtocolSession | undefined {
    if (this.#active || !this.#ready) return undefined;
    this.#active = connection;
    this.#setup?.cancel();
    const { perform } = this.#options;
    if (this.#debug) for (const effect of protocolEffects(protocol, offered)) perform(effect);
    return beginSession(protocol, this.#options, {
      evse: this.#evse,
      secured: stream.tls !== undefined,
      paused: this.#paused,
      perform: (effect) => {
        const asks = effect.to === "extensions" && effect.name === "iso15118_certificate_request";
        if (asks) this.#contractAnswers.asked();
        perform(effect);
      },
      onPause: (paused) => {
        this.#paused = paused;
      },
    });
  }

  #message(name: string, exi: Uint8Array): void {
    if (this.#debug) this.#options.perform(messageEffect(name, exi));
  }

  #ended(connection: Connection, end: SessionEnd | undefined): void {
    this.#connections.delete(connection);
    if (!end || this.#active !== connection) return;
    this.#active = undefined;
    this.#stop?.cancel();
    this.#sdp?.forget();
    const { perform } = this.#options;
    for (const effect of end.effects) perform(effect);
    if (end.how !== "paused" && end.lastRequest !== "supportedAppProtocolReq") this.#paused = undefined;
    const reason = failureReason(end, this.#evse.notification === "StopCharging");
    if (reason) perform(publish("hlc_session_failed", reason));
    if (this.#ready) perform(publish(linkEffects[end.how]));
    this.#forgetEv({ shutdown: false });
  }

  /** What was asked of one EV, or found at it, does not hold for the next. */
  #forgetEv(change: Partial<Evse>): void {
    const { dc } = this.#evse;
    this.update({ ...change, notification: "None", dc: { ...dc, isolation: "Invalid", noEnergyPause: undefined } });
  }

  #chose(choice: ChainChoice): void {
    const event = this.#ready ? explainChoice(choice) : undefined;
    if (event) this.#options.trace.add(event);
  }

  #fault(fault: ConnectionFault): void {
    const { trace, log, perform } = this.#options;
    const { title, fix } = explainFault(fault);
    log.warn({ remoteAddress: fault.remoteAddress, code: fault.code }, title);
    // With the data link everything breaks off; that is no news of the EV.
    if (!this.#ready) return;
    trace.add({ step: 1, kind: "fault", from: "EVSE", title, outcome: "refused", rule: fault.code, fix });
    if (fault.kind === "handshake" && !this.#active) {
      perform(publish("hlc_session_failed", "FailedTLSHandshake"));
    }
  }
}
