/** Where stations connect: who is refused gets an HTTP status before the upgrade, and each station has one connection. */
import { createServer, type IncomingMessage, type RequestListener, STATUS_CODES } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { InternalError, UserError } from "../util/errors.ts";
import type { CallFrame } from "./frames.ts";
import { type Admission, checkHandshake, type GateOptions, type Refusal, type StationRequest } from "./gate.ts";
import { type CloseOptions, oneMessageATime, Peer, type PeerEvent, type PeerOptions } from "./peer.ts";
import { Throttle } from "./throttle.ts";

export type { Admission, ClientTls, StationRequest } from "./gate.ts";

export type ListenerEvent =
  | { readonly type: "accepted"; readonly identity: string; readonly protocol: string; readonly remoteAddress: string }
  /** `target` is the request's raw path, as a stranger wrote it. */
  | {
      readonly type: "refused";
      readonly status: number;
      readonly reason: string;
      readonly target: string;
      readonly remoteAddress: string;
    }
  /** A newer connection of the same station took the place of a live one. */
  | { readonly type: "replaced"; readonly identity: string }
  | { readonly type: "tlsFailed"; readonly code: string; readonly remoteAddress: string }
  | { readonly type: "failed"; readonly error: unknown };

/** PEM texts. With `ca`, clients are asked for a certificate of one of these roots. */
export interface ServerTls {
  readonly key: string;
  readonly cert: string;
  readonly ca?: readonly string[];
}

export interface ListenerOptions extends Omit<PeerOptions, "observe" | "spoil"> {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** The URL's fixed part before the identity, for example `/ocpp`. */
  readonly path: string;
  /** Fixed parts that do as well. */
  readonly morePaths?: readonly string[];
  /** The names this end speaks; the client's order of preference decides. */
  readonly subprotocols: readonly string[];
  readonly tls?: ServerTls;
  readonly authenticate: (request: StationRequest) => Promise<Admission>;
  /** A station is connected: call its `onCall` here. */
  readonly connected: (peer: Peer, station: StationRequest) => void;
  readonly observe?: (event: ListenerEvent) => void;
  readonly observePeer?: (identity: string, event: PeerEvent) => void;
  /** As a peer's `spoil`. */
  readonly spoilPeer?: (identity: string, call: CallFrame, answer: string) => Promise<readonly string[]>;
  /** Answers plain HTTP requests on the same port; 426 by default. */
  readonly http?: RequestListener;
  /** The largest message taken; a larger one closes the connection with 1009. 1 MiB. */
  readonly maxPayload?: number;
}

/** How long a live connection has to answer before an unauthenticated newcomer takes its place. */
const PROBE_MS = 2_000;
const POLICY_VIOLATION = 1008;
const GOING_AWAY = 1001;

const upgradeRequired: RequestListener = (_request, response) => {
  response.writeHead(426, { Upgrade: "websocket" }).end();
};

/** @throws UserError when the port cannot be had. */
export async function listen(options: ListenerOptions): Promise<Listener> {
  const listener = new Listener(options);
  await listener.open();
  return listener;
}

export class Listener {
  readonly #options: ListenerOptions;
  readonly #gate: GateOptions;
  readonly #server;
  readonly #sockets: WebSocketServer;
  readonly #peers = new Map<string, Peer>();
  #closing = false;

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.#gate = { ...options, throttle: new Throttle(options) };
    this.#server = createHttpServer(options);
    this.#sockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      ...oneMessageATime,
      maxPayload: options.maxPayload ?? 2 ** 20,
    });
  }

  /** The live connections by identity. */
  get peers(): ReadonlyMap<string, Peer> {
    return this.#peers;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  open(): Promise<void> {
    const { host, port } = this.#options;
    const server = this.#server;
    server.on("upgrade", (request, socket, head) => {
      this.#upgrade(request, socket, head).catch((error) => this.#fail(socket, error));
    });
    server.on("tlsClientError", (error: NodeJS.ErrnoException, socket) => {
      const remoteAddress = socket.remoteAddress ?? "";
      this.#options.observe?.({ type: "tlsFailed", code: error.code ?? error.message, remoteAddress });
    });
    return new Promise((resolve, reject) => {
      server.on("error", (error) => reject(portError(error, host, port)));
      server.listen(port, host, () => resolve());
    });
  }

  /** New connections get these from now on; live ones stay. @throws InternalError on a listener without TLS. */
  setTls(tls: ServerTls): void {
    if (!("setSecureContext" in this.#server)) throw new InternalError("this listener has no TLS");
    this.#server.setSecureContext({ key: tls.key, cert: tls.cert, ...(tls.ca && { ca: [...tls.ca] }) });
  }

  /** Takes no more connections and closes those there are. */
  async close(options: CloseOptions = {}): Promise<void> {
    this.#closing = true;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    await Promise.all([...this.#peers.values()].map((peer) => peer.close({ code: GOING_AWAY, ...options })));
    this.#server.closeAllConnections();
    await closed;
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on("error", () => socket.destroy());
    const verdict = await checkHandshake(request, this.#gate);
    if (!verdict.ok) return this.#refuse(request, socket, verdict);
    const { station, protocol, authenticated } = verdict;
    if (!authenticated && (await this.#isLive(station.identity))) {
      return this.#refuse(request, socket, { ok: false, status: 409, reason: "this station is connected" });
    }
    if (this.#closing) return this.#refuse(request, socket, { ok: false, status: 503, reason: "closing" });
    // ws chooses the first of what it finds in the header: the one that was chosen.
    request.headers["sec-websocket-protocol"] = protocol;
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      this.#admit(new Peer(webSocket, this.#peerOptions(station.identity)), station);
    });
  }

  /** Whether the station's connection still answers; one that does not is dropped. */
  async #isLive(identity: string): Promise<boolean> {
    for (let peer = this.#peers.get(identity); peer; peer = this.#peers.get(identity)) {
      if (await peer.ping(PROBE_MS)) return true;
      peer.terminate();
      await peer.closed;
    }
    return false;
  }

  #admit(peer: Peer, station: StationRequest): void {
    const { identity, remoteAddress } = station;
    const previous = this.#peers.get(identity);
    this.#peers.set(identity, peer);
    void peer.closed.then(() => {
      if (this.#peers.get(identity) === peer) this.#peers.delete(identity);
    });
    if (previous) {
      this.#options.observe?.({ type: "replaced", identity });
      void previous.close({ code: POLICY_VIOLATION, reason: "replaced by a newer connection" });
    }
    this.#options.observe?.({ type: "accepted", identity, protocol: peer.protocol, remoteAddress });
    this.#options.connected(peer, station);
  }

  #peerOptions(identity: string): PeerOptions {
    const { observe: _own, observePeer, spoilPeer, ...rest } = this.#options;
    return {
      ...rest,
      ...(observePeer && { observe: (event: PeerEvent) => observePeer(identity, event) }),
      ...(spoilPeer && { spoil: (call: CallFrame, answer: string) => spoilPeer(identity, call, answer) }),
    };
  }

  #refuse(
    { socket: { remoteAddress = "" }, url: target = "" }: IncomingMessage,
    socket: Duplex,
    refusal: Refusal,
  ): void {
    const { status, reason, headers } = refusal;
    this.#options.observe?.({ type: "refused", status, reason, target, remoteAddress });
    writeRefusal(socket, status, headers);
  }

  #fail(socket: Duplex, error: unknown): void {
    this.#options.observe?.({ type: "failed", error });
    writeRefusal(socket, 500);
  }
}

function createHttpServer({ tls, http = upgradeRequired }: ListenerOptions) {
  // Slow senders hold a socket for so long at most.
  const limits = { headersTimeout: 10_000, requestTimeout: 20_000 };
  if (!tls) return createServer(limits, http);
  const { key, cert, ca } = tls;
  // A wrong client certificate is let through to the gate: there it gets an answer and a reason, here only a reset.
  const clientCertificates = ca ? { ca: [...ca], requestCert: true, rejectUnauthorized: false } : {};
  return createTlsServer({ ...limits, key, cert, minVersion: "TLSv1.2", ...clientCertificates }, http);
}

function writeRefusal(socket: Duplex, status: number, headers: Readonly<Record<string, string>> = {}): void {
  const lines = Object.entries({ Connection: "close", "Content-Length": "0", ...headers });
  const text = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  socket.once("finish", () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${text}\r\n`);
}

function portError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === "EADDRINUSE") {
    return new UserError(`port ${port} on ${host} is in use`, {
      fix: "Stop the other program or choose another port.",
    });
  }
  return new UserError(`cannot listen on ${host} port ${port}: ${error.code ?? error.message}`);
}
