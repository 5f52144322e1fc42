/** WebSocket pings: is the other end still there? */

import type { WebSocket } from "ws";
import type { Clock, Timer } from "../util/clock.ts";

/** How the other end is asked whether it is still there. */
export interface PingOptions {
  /** How long a pong may take; until the next ping when absent or 0. */
  readonly pongTimeoutMs?: number;
  /** What a ping carries, of which no more than 125 octets can be sent. */
  readonly payload?: string;
}

const MOST_OCTETS = 125;

export class Liveness {
  readonly #socket: WebSocket;
  readonly #clock: Clock;
  #intervalMs = 0;
  #pongTimeoutMs = 0;
  #payload: Uint8Array = new Uint8Array();
  #late: Timer | undefined;
  #timer: Timer | undefined;
  #unanswered = false;

  constructor(socket: WebSocket, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
    socket.on("pong", () => {
      this.#unanswered = false;
      this.#late?.cancel();
    });
  }

  /** Pings every so many milliseconds and drops the connection when there is no answer in time; 0 is off. */
  pingEvery(ms: number, { pongTimeoutMs = 0, payload = "" }: PingOptions = {}): void {
    this.#intervalMs = ms;
    this.#pongTimeoutMs = pongTimeoutMs;
    this.#payload = new TextEncoder().encode(payload).subarray(0, MOST_OCTETS);
    this.#unanswered = false;
    this.#arm();
  }

  /** Whether a pong comes within `timeoutMs`. */
  check(timeoutMs: number): Promise<boolean> {
    if (this.#socket.readyState !== this.#socket.OPEN) return Promise.resolve(false);
    return new Promise((resolve) => {
      const finish = (alive: boolean) => {
        timer.cancel();
        this.#socket.off("pong", onPong).off("close", onClose);
        resolve(alive);
      };
      const onPong = () => finish(true);
      const onClose = () => finish(false);
      const timer = this.#clock.setTimer(timeoutMs, onClose);
      this.#socket.on("pong", onPong).on("close", onClose);
      this.#socket.ping();
    });
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#late?.cancel();
    this.#late = undefined;
  }

  #arm(): void {
    this.stop();
    if (this.#intervalMs > 0) this.#timer = this.#clock.setTimer(this.#intervalMs, () => this.#tick());
  }

  #tick(): void {
    if (this.#unanswered) {
      this.#socket.terminate();
      return;
    }
    this.#unanswered = true;
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping(this.#payload);
    this.#arm();
    if (this.#pongTimeoutMs > 0) this.#late = this.#clock.setTimer(this.#pongTimeoutMs, () => this.#miss());
  }

  /** A process that was held up itself reads what has come meanwhile before it calls the other end dead. */
  #miss(): void {
    this.#late = this.#clock.setTimer(1, () => this.#socket.terminate());
  }
}
