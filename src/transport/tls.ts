/**
 * TLS 1.2 as ISO 15118-2 clause 7.7.3 wants it: one suite, P-256, no client certificate.
 * The other suite of the standard, static ECDH, is in no current OpenSSL.
 */

import { constants } from "node:crypto";
import * as tls from "node:tls";
import type { Clock } from "../util/clock.ts";
import { UserError } from "../util/errors.ts";
import {
  type ByteStream,
  type ConnectionFault,
  type ConnectOptions,
  type ListenOptions,
  type PeerCertificates,
  StreamError,
  type StreamServer,
  type TlsClientOptions,
  type TlsCredentials,
  type TlsInfo,
  type TlsServerOptions,
} from "./ports.ts";
import { codeOf, socketStream, streamError } from "./socketStream.ts";
import { bind } from "./tcp.ts";

/** The one profile. Session tickets are off: every car is checked anew. */
const profile = {
  minVersion: "TLSv1.2",
  maxVersion: "TLSv1.2",
  ciphers: "ECDHE-ECDSA-AES128-SHA256",
  ecdhCurve: "prime256v1",
  secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION,
} as const;

/** @throws UserError when chain or key cannot be used or the port cannot be had. */
export async function listenTls(
  options: ListenOptions & { tls: TlsServerOptions },
  clock: Clock,
): Promise<StreamServer> {
  const { credentials, handshakeMs, staple, onKeyLog } = options.tls;
  checkCredentials(credentials);
  const server = tls.createServer({ ...context(credentials), handshakeTimeout: handshakeMs });
  server.on("secureConnection", (socket) => options.onStream(socketStream(socket, clock, tlsInfo(socket, []))));
  server.on("tlsClientError", (error, socket) => options.onFault?.(handshakeFault(error, socket)));
  if (onKeyLog) server.on("keylog", onKeyLog);
  if (staple) {
    server.on("OCSPRequest", (leaf: Buffer, _issuer: Buffer, answer: (error: null, der: Buffer | null) => void) => {
      const none = () => answer(null, null);
      staple(leaf).then((response) => (response ? answer(null, Buffer.from(response)) : none()), none);
    });
  }
  const bound = await bind(server, options);
  return {
    ...bound,
    setCredentials: (next) => {
      checkCredentials(next);
      server.setSecureContext(context(next));
    },
  };
}

function context({ chain, key, passphrase }: TlsCredentials) {
  return { ...profile, cert: chain, key, ...(passphrase === undefined ? {} : { passphrase }) };
}

/** OpenSSL's complaint about chain and key, before anything listens. */
function checkCredentials(credentials: TlsCredentials): void {
  try {
    tls.createSecureContext(context(credentials));
  } catch (error) {
    const code = codeOf(error as Error);
    throw new UserError(`The certificate chain and its private key cannot be used for TLS (${code}).`, {
      expected: "PEM, leaf first, and the leaf's own P-256 key with the right password",
      fix: "Install the leaf certificate and its key anew.",
    });
  }
}

function handshakeFault(error: Error, socket: tls.TLSSocket): ConnectionFault {
  const remoteAddress = socket.remoteAddress ?? "";
  return { kind: "handshake", remoteAddress, code: codeOf(error), message: error.message };
}

function tlsInfo(socket: tls.TLSSocket, peerChain: readonly Uint8Array[]): TlsInfo {
  return { protocol: socket.getProtocol() ?? "", cipher: socket.getCipher().name, peerChain };
}

/** @throws StreamError; a server whose certificates `verify` refuses has got no application byte. */
export function connectTls(options: ConnectOptions & { tls: TlsClientOptions }, clock: Clock): Promise<ByteStream> {
  const { host, port, timeoutMs } = options;
  const { verify, requestOCSP = false, onKeyLog } = options.tls;
  return new Promise((resolve, reject) => {
    const socket = tls.connect({
      ...profile,
      host,
      port,
      // Node knows this option; its types only know it for servers.
      ...{ requestOCSP },
      ca: [],
      // Our own verdict follows below; OpenSSL's would need roots and the system's clock.
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
    });
    let ocsp: Uint8Array | undefined;
    let connected = false;
    const fail = (error: StreamError) => {
      timer.cancel();
      socket.destroy();
      reject(error);
    };
    const timer = clock.setTimer(timeoutMs, () =>
      fail(new StreamError("timeout", "ETIMEDOUT", `no TLS connection to [${host}]:${port} in ${timeoutMs} ms`)),
    );
    socket.once("connect", () => {
      connected = true;
    });
    socket.on("error", (error) => fail(streamError(connected ? "handshake" : "refused", error)));
    socket.once("close", () => fail(new StreamError("handshake", "ECONNRESET", "closed during the handshake")));
    socket.on("OCSPResponse", (response: Uint8Array | null) => {
      if (response && response.length > 0) ocsp = response;
    });
    if (onKeyLog) socket.on("keylog", onKeyLog);
    socket.once("secureConnect", () => {
      const chain = shownChain(socket);
      const shown: PeerCertificates = { chain, ...(ocsp ? { ocsp } : {}) };
      const verdict = verify(shown);
      if (!verdict.ok) return fail(new StreamError("peer rejected", "ERR_PEER_REJECTED", verdict.reason));
      timer.cancel();
      socket.removeAllListeners("error").removeAllListeners("close");
      resolve(socketStream(socket, clock, tlsInfo(socket, chain)));
    });
  });
}

const MAX_CHAIN = 10;

/** The certificates that the server sent, as a path from its leaf, without a root. */
function shownChain(socket: tls.TLSSocket): Uint8Array[] {
  const chain: Uint8Array[] = [];
  let current: tls.DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  while (current?.raw && chain.length < MAX_CHAIN) {
    const selfSigned: boolean = current.issuerCertificate === current;
    if (!selfSigned || chain.length === 0) chain.push(new Uint8Array(current.raw));
    current = selfSigned ? undefined : current.issuerCertificate;
  }
  return chain;
}
