/**
 * TLS 1.2 as ISO 15118-2 clause 7.7.3 wants it: one suite, P-256, no client certificate.
 * The other suite of the standard, static ECDH, is in no current OpenSSL.
 */

import { constants } from "node:crypto";
import * as tls from "node:tls";
import type { Clock } from "../util/clock.ts";
import {
  type ByteStream,
  type ConnectOptions,
  type PeerCertificates,
  StreamError,
  type TlsClientOptions,
  type TlsInfo,
} from "./ports.ts";
import { socketStream, streamError } from "./socketStream.ts";

/** The one profile. Session tickets are off: every car is checked anew. */
export const profile = {
  minVersion: "TLSv1.2",
  maxVersion: "TLSv1.2",
  ciphers: "ECDHE-ECDSA-AES128-SHA256",
  ecdhCurve: "prime256v1",
  secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION,
} as const;

export function tlsInfo(socket: tls.TLSSocket, peerChain: readonly Uint8Array[]): TlsInfo {
  return { protocol: socket.getProtocol() ?? "", cipher: socket.getCipher().name, peerChain };
}

/** @throws StreamError; a server whose certificates `verify` refuses has got no application byte. */
export function connectTls(options: ConnectOptions & { tls: TlsClientOptions }, clock: Clock): Promise<ByteStream> {
  const { host, port, timeoutMs } = options;
  const { verify, requestOCSP = false, onKeyLog, offer } = options.tls;
  return new Promise((resolve, reject) => {
    const socket = tls.connect({
      ...profile,
      ...offer,
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

/** The certificates that the server sent, in its order, without a root. The older call of Node decodes their keys, and ends the process for some. */
function shownChain(socket: tls.TLSSocket): Uint8Array[] {
  const chain: Uint8Array[] = [];
  let current = socket.getPeerX509Certificate();
  while (current && chain.length < MAX_CHAIN) {
    if (current.subject !== current.issuer || chain.length === 0) chain.push(new Uint8Array(current.raw));
    current = current.issuerCertificate;
  }
  return chain;
}
