/** A network inside one process: no sockets, no waiting, and security that is only claimed. For tests. */
import {
  type ByteStream,
  bindError,
  type ConnectOptions,
  type DatagramOptions,
  type DatagramSocket,
  type ListenOptions,
  type Network,
  type PeerCertificates,
  StreamError,
  type StreamServer,
  type TlsInfo,
} from "./ports.ts";

export interface MemoryOptions {
  /** What is written arrives in pieces of at most this many octets. */
  readonly cut?: number;
  /** What a client that asks for TLS is shown. */
  readonly certificates?: PeerCertificates;
}

const ADDRESS = "::1";
const FIRST_FREE_PORT = 49152;

/** One end of a connection; deliveries are jobs of their own, as on a real network. */
class End implements ByteStream {
  readonly remoteAddress = ADDRESS;
  readonly tls?: TlsInfo;
  peer: End | undefined;
  readonly #cut: number;
  readonly #early: Uint8Array[] = [];
  readonly #onClose: ((error?: Error) => void)[] = [];
  #onData: ((bytes: Uint8Array) => void) | undefined;
  #closed: { readonly error?: Error } | undefined;

  constructor(cut: number, tls?: TlsInfo) {
    this.#cut = cut;
    if (tls) this.tls = tls;
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#closed) throw new StreamError("broken", "EPIPE", "the connection is closed");
    for (let at = 0; at < bytes.length; at += this.#cut) {
      const piece = bytes.slice(at, at + this.#cut);
      queueMicrotask(() => this.peer?.take(piece));
    }
  }

  async close(): Promise<void> {
    queueMicrotask(() => this.peer?.finish());
    await new Promise<void>((resolve) => queueMicrotask(resolve));
    this.finish();
  }

  destroy(): void {
    const reset = new StreamError("broken", "ECONNRESET", "the connection was reset");
    queueMicrotask(() => this.peer?.finish(reset));
    this.finish();
  }

  onData(listener: (bytes: Uint8Array) => void): void {
    this.#onData = listener;
    for (const bytes of this.#early.splice(0)) listener(bytes);
  }

  onClose(listener: (error?: Error) => void): void {
    if (this.#closed) listener(this.#closed.error);
    else this.#onClose.push(listener);
  }

  take(bytes: Uint8Array): void {
    if (this.#closed) return;
    if (this.#onData) this.#onData(bytes);
    else this.#early.push(bytes);
  }

  finish(error?: Error): void {
    if (this.#closed) return;
    this.#closed = error ? { error } : {};
    for (const listener of this.#onClose) listener(error);
  }
}

interface Listening {
  readonly options: ListenOptions;
  readonly open: Set<End>;
}

export function memoryNetwork({ cut = 4096, certificates = { chain: [] } }: MemoryOptions = {}): Network {
  const servers = new Map<number, Listening>();
  const sockets = new Map<number, MemorySocket>();
  let nextPort = FIRST_FREE_PORT;

  const reserve = (taken: ReadonlyMap<number, unknown>, host: string, wanted: number): number => {
    if (taken.has(wanted)) throw bindError("EADDRINUSE", host, wanted);
    return wanted === 0 ? nextPort++ : wanted;
  };

  return {
    listen: async (options) => {
      const port = reserve(servers, options.host, options.port);
      const listening = { options, open: new Set<End>() };
      servers.set(port, listening);
      return streamServer(listening, port, () => servers.delete(port));
    },
    connect: async (options) => connect(servers.get(options.port), options, cut, certificates),
    openDatagrams: async (options) => {
      const port = reserve(sockets, options.host, options.port);
      const socket = new MemorySocket(options, port, sockets);
      sockets.set(port, socket);
      return socket;
    },
  };
}

function streamServer({ options, open }: Listening, port: number, remove: () => void): StreamServer {
  const dropAll = () => {
    for (const end of [...open]) end.destroy();
  };
  return {
    address: options.host,
    port,
    setCredentials: () => {},
    dropAll,
    close: async () => {
      remove();
      dropAll();
    },
  };
}

function connect(to: Listening | undefined, { host, port, tls }: ConnectOptions, cut: number, shown: PeerCertificates) {
  if (!to) throw new StreamError("refused", "ECONNREFUSED", `nothing listens on [${host}]:${port}`);
  const { options, open } = to;
  if ((tls === undefined) !== (options.tls === undefined)) {
    const message = "one side speaks TLS, the other does not";
    options.onFault?.({ kind: "handshake", remoteAddress: ADDRESS, code: "ERR_SSL_WRONG_VERSION_NUMBER", message });
    throw new StreamError("handshake", "ECONNRESET", message);
  }
  const verdict = tls?.verify(shown) ?? { ok: true };
  if (!verdict.ok) throw new StreamError("peer rejected", "ERR_PEER_REJECTED", verdict.reason);
  const claimed = { protocol: "TLSv1.2", cipher: "ECDHE-ECDSA-AES128-SHA256" };
  const near = new End(cut, tls && { ...claimed, peerChain: shown.chain });
  const far = new End(cut, tls && { ...claimed, peerChain: [] });
  near.peer = far;
  far.peer = near;
  if (open.size >= options.maxConnections) {
    const message = `more than ${options.maxConnections} connections`;
    options.onFault?.({ kind: "too many connections", remoteAddress: ADDRESS, code: "EMFILE", message });
    far.destroy();
  } else {
    open.add(far);
    far.onClose(() => open.delete(far));
    queueMicrotask(() => options.onStream(far));
  }
  return near;
}

class MemorySocket implements DatagramSocket {
  readonly address: string;
  readonly port: number;
  readonly #all: Map<number, MemorySocket>;
  #listener: ((bytes: Uint8Array, from: { address: string; port: number }) => void) | undefined;

  constructor(options: DatagramOptions, port: number, all: Map<number, MemorySocket>) {
    this.address = options.host;
    this.port = port;
    this.#all = all;
  }

  async send(bytes: Uint8Array, to: { address: string; port: number }): Promise<void> {
    if (this.#all.get(this.port) !== this) throw new StreamError("broken", "ERR_SOCKET_DGRAM_NOT_RUNNING", "closed");
    const copy = bytes.slice();
    queueMicrotask(() => this.#all.get(to.port)?.take(copy, this.port));
  }

  onMessage(listener: (bytes: Uint8Array, from: { address: string; port: number }) => void): void {
    this.#listener = listener;
  }

  take(bytes: Uint8Array, port: number): void {
    this.#listener?.(bytes, { address: ADDRESS, port });
  }

  async close(): Promise<void> {
    if (this.#all.get(this.port) === this) this.#all.delete(this.port);
  }
}
