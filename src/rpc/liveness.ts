/** WebSocket pings: is the other end still there? */

import type { WebSocket } from "ws";
import type { Clock, Timer } from "../util/clock.ts";

export class Liveness {
  readonly #socket: WebSocket;
  readonly #clock: Clock;
  #intervalMs = 0;
  #timer: Timer | undefined;
  #unanswered = false;

  constructor(socket: WebSocket, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
    socket.on("pong", () => {
      this.#unanswered = false;
    });
  }

  /** Pings every so many milliseconds and drops the connection when one ping is still unanswered at the next; 0 is off. */
  pingEvery(ms: number): void {
    this.#intervalMs = ms;
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
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping();
    this.#arm();
  }
}
