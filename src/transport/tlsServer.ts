/**
 * A TLS server with several chains. Node asks for a certificate by server name only, which cars do not send; so the client
 * hello is read first, and the connection then handed to the one of several TLS servers that has the chain for it.
 */
import * as net from "node:net";
import * as tls from "node:tls";
import type { Clock } from "../util/clock.ts";
import { UserError } from "../util/errors.ts";
import { chooseChain } from "./chainChoice.ts";
import type { ClientHello } from "./clientHello.ts";
import { HelloReader } from "./helloReader.ts";
import type {
  ConnectionFault,
  ListenOptions,
  StreamServer,
  TlsChains,
  TlsCredentials,
  TlsServerOptions,
} from "./ports.ts";
import { codeOf, socketStream } from "./socketStream.ts";
import { bind } from "./tcp.ts";
import { profile, tlsInfo } from "./tls.ts";

type Options = ListenOptions & { readonly tls: TlsServerOptions };

/** A chain with the server that shows it. It does not listen; connections are handed to it. */
interface Handshaker extends TlsCredentials {
  readonly server: tls.Server;
}

/** @throws UserError when a chain or key cannot be used or the port cannot be had. */
export async function listenTls(options: Options, clock: Clock): Promise<StreamServer> {
  const handshakers = (chains: TlsChains) => mapChains(chains, (chain) => handshaker(chain, options, clock));
  let current = handshakers(options.tls.credentials);
  const front = net.createServer((socket) => {
    readHello(socket, options, clock, (hello) => {
      const { chain, why } = chooseChain(hello, current);
      const remoteAddress = socket.remoteAddress ?? "";
      options.tls.onChoice?.({ remoteAddress, chain, of: current.length, why, ...(hello && { hello }) });
      chain.server.emit("connection", socket);
    });
  });
  const bound = await bind(front, options);
  return {
    ...bound,
    setCredentials: (next) => {
      current = handshakers(next);
    },
  };
}

function mapChains<T>([first, ...rest]: TlsChains, map: (chain: TlsCredentials) => T): readonly [T, ...T[]] {
  return [map(first), ...rest.map(map)];
}

/** @throws UserError with OpenSSL's complaint about chain and key. */
function handshaker(credentials: TlsCredentials, options: Options, clock: Clock): Handshaker {
  const { handshakeMs, onKeyLog } = options.tls;
  const server = createServer(credentials, handshakeMs);
  server.on("secureConnection", (socket) => options.onStream(socketStream(socket, clock, tlsInfo(socket, []))));
  server.on("tlsClientError", (error, socket) => options.onFault?.(fault(socket, codeOf(error), error.message)));
  if (onKeyLog) server.on("keylog", onKeyLog);
  const { ocsp } = credentials;
  if (ocsp) {
    const response = Buffer.from(ocsp);
    server.on("OCSPRequest", (_leaf: Buffer, _issuer: Buffer, answer: (error: null, der: Buffer) => void) =>
      answer(null, response),
    );
  }
  return { ...credentials, server };
}

function createServer({ chain, key, passphrase }: TlsCredentials, handshakeTimeout: number): tls.Server {
  const context = { ...profile, cert: chain, key, ...(passphrase === undefined ? {} : { passphrase }) };
  try {
    return tls.createServer({ ...context, handshakeTimeout });
  } catch (error) {
    const code = codeOf(error as Error);
    throw new UserError(`The certificate chain and its private key cannot be used for TLS (${code}).`, {
      expected: "PEM, leaf first, and the leaf's own P-256 key with the right password",
      fix: "Install the leaf certificate and its key anew.",
    });
  }
}

/** Calls `handOver` with a socket that looks untouched; undefined for what is no hello, on which OpenSSL has its own view. */
function readHello(
  socket: net.Socket,
  { tls: { handshakeMs }, onFault }: Options,
  clock: Clock,
  handOver: (hello: ClientHello | undefined) => void,
): void {
  const reader = new HelloReader();
  const fail = (code: string, message: string) => {
    stop();
    onFault?.(fault(socket, code, message));
    socket.destroy();
  };
  const timer = clock.setTimer(handshakeMs, () => fail("ERR_TLS_HANDSHAKE_TIMEOUT", "no client hello in time"));
  const onClose = () => fail("ECONNRESET", "closed before its client hello was there");
  const onData = (chunk: Uint8Array) => {
    const outcome = reader.push(chunk);
    if (outcome.state === "more") return;
    stop();
    socket.pause();
    socket.unshift(reader.received);
    handOver(outcome.state === "hello" ? outcome.hello : undefined);
  };
  const stop = () => {
    timer.cancel();
    socket.off("close", onClose).off("data", onData);
  };
  socket.on("data", onData).once("close", onClose);
}

function fault({ remoteAddress = "" }: net.Socket, code: string, message: string): ConnectionFault {
  return { kind: "handshake", remoteAddress, code, message };
}
