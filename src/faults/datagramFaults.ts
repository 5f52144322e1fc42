/** SECC discovery with a fault. */
import type { DatagramSocket } from "../transport/ports.ts";
import type { Clock, Timer } from "../util/clock.ts";
import type { Fault } from "./fault.ts";
import type { Reaction } from "./reaction.ts";

export interface DatagramFaultsOptions {
  readonly fault: Fault;
  readonly clock: Clock;
  /** The fault is done. */
  reach(): void;
  settle(reaction: Reaction): void;
}

/** A car repeats its question every 250 ms. */
const WATCH_MS = 2_000;

export class DatagramFaults {
  readonly #options: DatagramFaultsOptions;
  #watching: Timer | undefined;
  #done = false;

  constructor(options: DatagramFaultsOptions) {
    this.#options = options;
  }

  /** Without a fault of this kind the socket itself. */
  wrap(socket: DatagramSocket): DatagramSocket {
    const { how } = this.#options.fault;
    if (how.seam !== "datagrams") return socket;
    return {
      address: socket.address,
      port: socket.port,
      close: () => socket.close(),
      send: async (bytes, to) => {
        // While it is watched, nobody asks or answers honestly.
        if (this.#watching && how.after === "watch") return;
        if (this.#done && how.after !== "insist") return socket.send(bytes, to);
        this.#begin(how.after === "go on");
        for (const datagram of how.send(bytes)) await socket.send(datagram, to);
      },
      onMessage: (listener) =>
        socket.onMessage((bytes, from) => {
          if (!this.#watching) return listener(bytes, from);
          this.#heard();
          if (how.after === "insist") listener(bytes, from);
        }),
    };
  }

  #begin(goOn: boolean): void {
    const { clock, reach, fault } = this.#options;
    const { watchMs = WATCH_MS } = fault;
    this.#done = true;
    reach();
    if (!goOn) this.#watching ??= clock.setTimer(watchMs, () => this.#end({ does: "stays silent", ms: watchMs }));
  }

  #heard(): void {
    const { fault } = this.#options;
    this.#end(fault.side === "ev" ? { does: "answers a datagram" } : { does: "asks again" });
  }

  #end(reaction: Reaction): void {
    this.#watching?.cancel();
    this.#watching = undefined;
    this.#options.settle(reaction);
  }
}
