/** The station's connection to its CSMS: made, kept, and made again with OCPP's back-off. */
import { sleep } from "../util/clock.ts";
import { type BackOff, backOffMs } from "./backOff.ts";
import type { ConnectFailure } from "./connectFailure.ts";
import { type DialOptions, dial, type Endpoint } from "./dial.ts";
import { NotConnected } from "./errors.ts";
import type { CallOptions, CloseOptions, Peer, PeerClosed } from "./peer.ts";

export type { BackOff } from "./backOff.ts";
export type { ConnectFailure } from "./connectFailure.ts";
export type { ClientTlsOptions, Endpoint, Security } from "./dial.ts";

export interface LinkOptions extends DialOptions {
  /**
   * Asked before every attempt, so that URL, password, certificate or profile can change between two.
   * `failures` is the number of attempts that failed since the last connection.
   */
  readonly endpoint: (failures: number) => Endpoint;
  readonly backOff: BackOff;
  /** A connection is there: call its `onCall` here. */
  readonly connected: (peer: Peer) => void;
  readonly disconnected?: (closed: PeerClosed) => void;
  /** An attempt failed; the next one comes after `waitMs`. */
  readonly failed?: (failure: ConnectFailure, waitMs: number) => void;
}

export class Link {
  readonly #options: LinkOptions;
  #peer: Peer | undefined;
  #stop = new AbortController();
  #running: Promise<void> | undefined;
  #atOnce = false;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  /** The live connection, if there is one. */
  get peer(): Peer | undefined {
    return this.#peer;
  }

  /** Connects now and, until {@link stop}, again whenever the connection is lost. */
  start(): void {
    if (this.#running) return;
    this.#stop = new AbortController();
    this.#running = this.#run(this.#stop.signal);
  }

  /** Like {@link Peer.call}; without a connection it fails at once, and what failed is never sent later. */
  async call(action: string, payload: unknown, options?: CallOptions): Promise<unknown> {
    if (!this.#peer) throw new NotConnected("there is no connection to the CSMS");
    return this.#peer.call(action, payload, options);
  }

  /** Ends this connection in good order and makes another at once, to the endpoint of then. */
  async reconnect(options?: CloseOptions): Promise<void> {
    this.#atOnce = this.#peer !== undefined;
    await this.#peer?.close(options);
  }

  /** Ends the connection in good order and makes no other. */
  async stop(options?: CloseOptions): Promise<void> {
    this.#stop.abort();
    await this.#peer?.close(options);
    await this.#running;
    this.#running = undefined;
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { backOff, clock, endpoint, failed, random } = this.#options;
    let failures = 0;
    let waits = 0;
    while (!signal.aborted) {
      const result = await dial(endpoint(failures), this.#options, signal);
      failures = result.ok ? 0 : failures + 1;
      if (result.ok) {
        waits = 0;
        await this.#serve(result.peer, signal);
      }
      if (signal.aborted || (result.ok && this.#atOnce)) continue;
      const waitMs = backOffMs(waits++, backOff, random);
      if (!result.ok) failed?.(result.failure, waitMs);
      await sleep(clock, waitMs, signal);
    }
  }

  /** Resolves when the connection has ended. */
  async #serve(peer: Peer, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return peer.close();
    this.#peer = peer;
    this.#atOnce = false;
    this.#options.connected(peer);
    const closed = await peer.closed;
    this.#peer = undefined;
    this.#options.disconnected?.(closed);
  }
}
