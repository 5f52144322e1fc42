import { connect, type Socket } from "node:net";
import { WebSocket } from "ws";
import { type Listener, type ListenerEvent, type ListenerOptions, listen } from "../../src/rpc/listener.ts";
import type { Peer, PeerEvent } from "../../src/rpc/peer.ts";
import { systemClock } from "../../src/util/clock.ts";
import { cryptoRandom } from "../../src/util/random.ts";

/** Everything that was opened, closed in reverse order after a test. */
export class Cleanup {
  readonly #closers: (() => unknown)[] = [];
  add<T>(thing: T, close: (thing: T) => unknown): T {
    this.#closers.push(() => close(thing));
    return thing;
  }
  async run(): Promise<void> {
    for (const close of this.#closers.splice(0).reverse()) await close();
  }
}

/** Values as they come, for tests that wait for the next one. */
export class Inflow<T> {
  readonly all: T[] = [];
  #waiting: ((value: T) => void)[] = [];
  #taken = 0;
  readonly push = (value: T): void => {
    this.all.push(value);
    const waiting = this.#waiting.shift();
    if (waiting) {
      this.#taken += 1;
      waiting(value);
    }
  };
  next(): Promise<T> {
    if (this.#taken < this.all.length) return Promise.resolve(this.all[this.#taken++] as T);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
  async match(test: (value: T) => boolean): Promise<T> {
    for (;;) {
      const value = await this.next();
      if (test(value)) return value;
    }
  }
}

export interface TestListener {
  readonly listener: Listener;
  readonly url: string;
  readonly peers: Inflow<Peer>;
  readonly events: Inflow<ListenerEvent>;
  readonly peerEvents: Inflow<PeerEvent>;
}

/** A listener on a free port of the loopback that lets everybody in and answers `Echo` with what it got. */
export async function startListener(cleanup: Cleanup, overrides: Partial<ListenerOptions> = {}): Promise<TestListener> {
  const [peers, events, peerEvents] = [new Inflow<Peer>(), new Inflow<ListenerEvent>(), new Inflow<PeerEvent>()];
  const listener = await listen({
    host: "127.0.0.1",
    port: 0,
    path: "/ocpp",
    subprotocols: ["ocpp2.0.1", "ocpp1.6"],
    clock: systemClock,
    random: cryptoRandom,
    authenticate: async () => ({ ok: true, authenticated: true }),
    connected: (peer) => {
      peer.onCall(async (_action, payload) => payload);
      peers.push(peer);
    },
    observe: events.push,
    observePeer: (_identity, event) => peerEvents.push(event),
    ...overrides,
  });
  cleanup.add(listener, (it) => it.close());
  return { listener, url: `ws://127.0.0.1:${listener.port}/ocpp`, peers, events, peerEvents };
}

export interface RawClient {
  readonly socket: WebSocket;
  /** Text that came, parsed. */
  readonly messages: Inflow<unknown>;
  readonly closed: Promise<number>;
  send(message: unknown): void;
}

/** A bare WebSocket, to misbehave with. */
export async function rawClient(cleanup: Cleanup, url: string, protocol = "ocpp2.0.1"): Promise<RawClient> {
  const socket = cleanup.add(new WebSocket(url, protocol, { perMessageDeflate: false }), (it) => it.terminate());
  const messages = new Inflow<unknown>();
  socket.on("message", (data) => messages.push(JSON.parse(data.toString())));
  const closed = new Promise<number>((resolve) => socket.on("close", resolve));
  await new Promise((resolve, reject) => socket.on("open", resolve).on("error", reject));
  return { socket, messages, closed, send: (message) => socket.send(JSON.stringify(message)) };
}

/** Sends an upgrade request as it is written here and gives the status line's number. */
export async function upgradeStatus(
  port: number,
  target: string,
  headers: Record<string, string> = {},
): Promise<number> {
  const reply = await rawRequest(port, target, headers);
  return Number(/^HTTP\/1\.1 (\d+)/.exec(reply)?.[1]);
}

export function rawRequest(port: number, target: string, headers: Record<string, string> = {}): Promise<string> {
  const all = {
    Host: "localhost",
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Protocol": "ocpp2.0.1",
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => (value === "" ? "" : `${name}: ${value}\r\n`));
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(port, "127.0.0.1", () => {
      socket.write(Buffer.from(`GET ${target} HTTP/1.1\r\n${lines.join("")}\r\n`, "latin1"));
    });
    socket.once("data", (data) => {
      resolve(data.toString());
      socket.destroy();
    });
    socket.on("error", reject);
  });
}
