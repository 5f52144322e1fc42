/** The stations that are connected: who may, what they are answered, and how they are asked. */
import { NotConnected, RpcError } from "../rpc/errors.ts";
import { type Listener, type ListenerEvent, listen } from "../rpc/listener.ts";
import type { CallHandler, Peer, PeerEvent } from "../rpc/peer.ts";
import { InternalError } from "../util/errors.ts";
import { authenticate } from "./authenticate.ts";
import type { Services } from "./context.ts";
import { rejecting, spoiled } from "./faults/mischief.ts";
import type { CsmsOptions } from "./options.ts";
import { printable } from "./services/words.ts";
import type { StationAccounts } from "./store/stationAccounts.ts";
import { type StationRequest, type VersionSide, versions } from "./versions.ts";

export interface ConnectionsOptions extends CsmsOptions {
  readonly services: Services;
  readonly accounts: StationAccounts;
}

const POLICY_VIOLATION = 1008;
/** What the stations in EVerest's examples have in their URLs. */
const morePaths = ["", "/steve/websocket/CentralSystemService"];

/** @throws UserError when the port cannot be had. */
export async function openConnections(options: ConnectionsOptions): Promise<Connections> {
  const connections = new Connections(options);
  await connections.open();
  return connections;
}

export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #closing = new AbortController();
  #listener: Listener | undefined;

  constructor(options: ConnectionsOptions) {
    this.#options = options;
  }

  get port(): number {
    return this.#listener?.port ?? 0;
  }

  get identities(): string[] {
    return [...(this.#listener?.peers.keys() ?? [])];
  }

  async open(): Promise<void> {
    const { accounts, clock, services, host = "127.0.0.1", path = "/ocpp", port = 0, random, tls } = this.#options;
    const mischief = { clock, faults: services.faults, closing: this.#closing.signal };
    this.#listener = await listen({
      ...{ host, port, path, morePaths, clock, random },
      subprotocols: Object.keys(versions),
      ...(tls && { tls }),
      authenticate: async (request) => authenticate(accounts.find(request.identity), request),
      connected: (peer, { identity }) => this.#connected(peer, identity),
      observe: (event) => this.#observe(event),
      observePeer: (identity, event) => this.#observePeer(identity, event),
      spoilPeer: (identity, call, answer) => spoiled(mischief, identity, call, answer),
    });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#listener?.close({ drainMs: 1_000 });
  }

  /** @throws NotConnected when the station is not there, UserError for what its version does not have, and what a call throws. */
  async request(identity: string, wanted: StationRequest): Promise<unknown> {
    const peer = this.#listener?.peers.get(identity);
    if (!peer) throw new NotConnected(`station ${identity} is not connected`);
    return sideOf(peer).request(peer, wanted);
  }

  /** Ends the station's connection, if it has one. */
  async disconnect(identity: string, reason: string): Promise<void> {
    await this.#listener?.peers.get(identity)?.close({ code: POLICY_VIOLATION, reason });
  }

  #connected(peer: Peer, identity: string): void {
    const { clock, services } = this.#options;
    services.stations.connected(identity, peer.protocol, clock.now());
    const handler = this.#admitted(identity, sideOf(peer).handler(peer, { identity, services }));
    const { faults } = services;
    peer.onCall(rejecting(handler, { clock, faults, protocol: peer.protocol, station: identity }));
    services.reporter.emit({ type: "connected", station: identity });
    void peer.closed.then(() => services.reporter.emit({ type: "disconnected", station: identity }));
  }

  /** B02, B03: a station that was not accepted may only boot. */
  #admitted(identity: string, handler: CallHandler): CallHandler {
    const { stations } = this.#options.services;
    return (action, payload, afterwards) => {
      if (action !== "BootNotification" && stations.find(identity)?.registration !== "Accepted") {
        throw new RpcError("SecurityError", "this station has to send a BootNotification first");
      }
      return handler(action, payload, afterwards);
    };
  }

  #observe(event: ListenerEvent): void {
    const { log } = this.#options;
    // Whoever is held back is told of in the log only: the timeline is no place for a flood.
    if (event.type === "refused" && event.status !== 429) this.#refused(event);
    else if (event.type === "replaced") this.#replaced(event.identity);
    else if (event.type === "failed") log.error({ error: event.error }, "a connection could not be checked");
    else log.info(event, `connection: ${event.type}`);
  }

  #refused({ reason, remoteAddress, status, target }: Extract<ListenerEvent, { type: "refused" }>): void {
    this.#options.services.reporter.decide({
      step: 0,
      station: printable(target),
      title: `connection to ${printable(target)} refused with HTTP ${status}: ${reason}`,
      outcome: "refused",
      detail: { remoteAddress },
    });
  }

  /** It has proven who it is, as the one before had; where that was another, the password is known to two. */
  #replaced(identity: string): void {
    this.#options.services.reporter.decide({
      ...{ step: 0, station: identity, rule: "OCPP-J, 3.1: one connection a station" },
      title: `station ${identity} has connected anew; the connection there was is closed`,
    });
  }

  #observePeer(identity: string, event: PeerEvent): void {
    const { log, onFrame } = this.#options;
    if (event.type === "frame") onFrame?.(identity, event.direction, event.text);
    else if (event.type === "handlerFailed") {
      log.error({ station: identity, error: event.error }, `${event.action} failed`);
    } else log.warn({ station: identity, ...event }, `connection: ${event.type}`);
  }
}

function sideOf({ protocol }: Peer): VersionSide {
  const side = versions[protocol];
  if (!side) throw new InternalError(`a station was let in with ${protocol}`);
  return side;
}
