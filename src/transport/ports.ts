/** Sockets as ports. Node adapters are in this folder; `memory.ts` is the adapter for tests. */

/** What is known of a connection's security; absent on plain TCP. */
export interface TlsInfo {
  /** `TLSv1.2` or `TLSv1.3`. */
  readonly protocol: string;
  /** OpenSSL's name of the suite, for example `ECDHE-ECDSA-AES128-SHA256`. */
  readonly cipher: string;
  /** The peer's chain as DER, leaf first, without the root; empty when it showed none. */
  readonly peerChain: readonly Uint8Array[];
}

/** One connection, both ways. `data` hands over what arrived, cut anywhere. */
export interface ByteStream {
  readonly remoteAddress: string;
  readonly tls?: TlsInfo;
  /** Writes in one piece. Resolves when the bytes are handed to the system; rejects with StreamError when the link is gone. */
  write(bytes: Uint8Array): Promise<void>;
  /** Ends our side after pending writes, then closes. */
  close(): Promise<void>;
  /** Drops the connection at once. */
  destroy(): void;
  /** One listener each; bytes and end that came earlier are delivered when it is set. */
  onData(listener: (bytes: Uint8Array) => void): void;
  /** Called once, when no more bytes can come; `error` says why when it was not a regular end. */
  onClose(listener: (error?: Error) => void): void;
}

export interface StreamServer {
  readonly address: string;
  readonly port: number;
  close(): Promise<void>;
}

/** A UDP socket. `from` and `to` carry an IPv6 scope where there is one (`fe80::1%eth0`). */
export interface DatagramSocket {
  readonly address: string;
  readonly port: number;
  send(bytes: Uint8Array, to: { address: string; port: number }): Promise<void>;
  onMessage(listener: (bytes: Uint8Array, from: { address: string; port: number }) => void): void;
  close(): Promise<void>;
}
