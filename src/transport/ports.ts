/** Sockets as ports. Node adapters are in this folder; `memory.ts` is the adapter for tests. */
import { PeerError, UserError } from "../util/errors.ts";
import type { ClientHello, TrustedAuthority } from "./clientHello.ts";

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
  /** With the scope where there is one (`fe80::1%eth0`). */
  readonly remoteAddress: string;
  readonly tls?: TlsInfo;
  /** Writes in one piece. Resolves when the bytes are handed to the system; rejects with StreamError when the link is gone. */
  write(bytes: Uint8Array): Promise<void>;
  /** Ends our side after pending writes, then closes. Never rejects. */
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
  /** New certificates for connections from now on; those that are open go on. Only a TLS server has certificates. */
  setCredentials(credentials: TlsChains): void;
  /** Drops what is open, also what is still in its handshake, and goes on listening. */
  dropAll(): void;
  /** Stops listening and drops what is open. */
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

/** A certificate chain with its key, as PEM text. */
export interface TlsCredentials {
  /** Leaf first, then the sub-CAs. */
  readonly chain: string;
  readonly key: string;
  readonly passphrase?: string;
  /** The DER of a current OCSP response for the leaf, to staple. */
  readonly ocsp?: Uint8Array;
  /** All that a client may call the authorities above the leaf. */
  readonly authorities?: readonly TrustedAuthority[];
  /** Its root's name, for people. */
  readonly root?: string;
}

/** The first serves clients that do not say which authorities they trust. */
export type TlsChains = readonly [TlsCredentials, ...TlsCredentials[]];

/** Which chain a client is shown, before its handshake goes on. */
export interface ChainChoice {
  readonly remoteAddress: string;
  readonly chain: TlsCredentials;
  /** How many there were to choose from. */
  readonly of: number;
  readonly why: "the client names its authority" | "the client names others" | "the client names no authority";
  /** Absent when the client sent something else. */
  readonly hello?: ClientHello;
}

export interface TlsServerOptions {
  readonly credentials: TlsChains;
  onChoice?(choice: ChainChoice): void;
  /** Gets lines in NSS key log format; they open the traffic to whoever has them. */
  onKeyLog?(line: Uint8Array): void;
  /** How long a client may take for its hello, and then for the rest of the handshake. */
  readonly handshakeMs: number;
}

export interface ListenOptions {
  /** An address to bind to, with scope where it needs one. */
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Connections above this number are closed at once. */
  readonly maxConnections: number;
  readonly tls?: TlsServerOptions;
  /** A connection, after its handshake. */
  onStream(stream: ByteStream): void;
  /** A connection that came to nothing; the server goes on. */
  onFault?(fault: ConnectionFault): void;
}

export interface ConnectionFault {
  readonly kind: "handshake" | "too many connections";
  readonly remoteAddress: string;
  /** Node's or OpenSSL's code, for example `ERR_SSL_NO_SHARED_CIPHER`. */
  readonly code: string;
  readonly message: string;
}

/** What a server showed during the handshake. */
export interface PeerCertificates {
  /** DER, leaf first, without the root. */
  readonly chain: readonly Uint8Array[];
  /** The OCSP response that was stapled. */
  readonly ocsp?: Uint8Array;
}

export type PeerVerdict = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** What a client offers instead of what ISO 15118-2 wants, to test servers with; names are OpenSSL's. */
export interface TlsOffer {
  readonly minVersion?: "TLSv1" | "TLSv1.1" | "TLSv1.2" | "TLSv1.3";
  readonly maxVersion?: "TLSv1" | "TLSv1.1" | "TLSv1.2" | "TLSv1.3";
  readonly ciphers?: string;
  readonly ecdhCurve?: string;
  readonly sigalgs?: string;
  /** Cars send no server name. */
  readonly servername?: string;
}

export interface TlsClientOptions {
  readonly offer?: TlsOffer;
  /** Our own judgement of the server, given before any byte of the application goes either way. */
  verify(shown: PeerCertificates): PeerVerdict;
  readonly requestOCSP?: boolean;
  onKeyLog?(line: Uint8Array): void;
}

export interface ConnectOptions {
  readonly host: string;
  readonly port: number;
  /** For connection and handshake together. */
  readonly timeoutMs: number;
  readonly tls?: TlsClientOptions;
}

export interface DatagramOptions {
  /** The address to bind to; `::` takes all. */
  readonly host: string;
  readonly port: number;
  /** Joins this group on this interface and hears only what comes in there. */
  readonly group?: { readonly address: string; readonly interface: string };
  /** The interface that multicast goes out by. */
  readonly multicastInterface?: string;
}

/** Where connections come from. */
export interface Network {
  /** @throws UserError when the address or port cannot be had. */
  listen(options: ListenOptions): Promise<StreamServer>;
  /** @throws StreamError when there is no connection, or the peer is not the one we wanted. */
  connect(options: ConnectOptions): Promise<ByteStream>;
  /** @throws UserError when the address or port cannot be had. */
  openDatagrams(options: DatagramOptions): Promise<DatagramSocket>;
}

export type StreamFault = "refused" | "timeout" | "handshake" | "peer rejected" | "broken";

/** A connection could not be made or broke. */
export class StreamError extends PeerError {
  readonly reason: StreamFault;
  /** Node's or OpenSSL's code, for example `ECONNRESET`. */
  readonly code: string;
  constructor(reason: StreamFault, code: string, message: string) {
    super(message);
    this.reason = reason;
    this.code = code;
  }
}

/** The system's refusal to bind, in words that say what to do. */
export function bindError(code: string, host: string, port: number): UserError {
  const place = `[${host}]:${port}`;
  const known: Readonly<Record<string, [string, string]>> = {
    EADDRINUSE: [`Port ${port} on ${host} is in use`, "Stop the program that holds it, or choose another port."],
    EADDRNOTAVAIL: [`${host} is no address of this machine`, "Choose an interface that has it."],
    EACCES: [`This user may not listen on ${place}`, "Choose a port above 1023."],
    EAFNOSUPPORT: ["This machine has no IPv6", "Enable IPv6, at least on the loopback interface."],
  };
  const [message, fix] = known[code] ?? [`Cannot listen on ${place} (${code})`, "See the system's message."];
  return new UserError(`${message}.`, { fix });
}
