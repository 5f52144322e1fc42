/** One attempt to connect to a CSMS. */
import { checkServerIdentity, type PeerCertificate } from "node:tls";
import { WebSocket } from "ws";
import { writeBasicAuth } from "./basicAuth.ts";
import { type ConnectFailure, connectFailure, refusedWith } from "./connectFailure.ts";
import { oneMessageATime, Peer, type PeerOptions } from "./peer.ts";

/** PEM texts. */
export interface ClientTlsOptions {
  /** The only roots trusted. */
  readonly ca: readonly string[];
  /** The station's own certificate with its chain, and its key (security profile 3). */
  readonly cert?: string;
  readonly key?: string;
  /** OpenSSL's cipher list. */
  readonly ciphers?: string;
  /** How the CSMS's certificate must name its host: `exact` not by a wildcard, `any` not at all; `standard` when absent (RFC 6125). */
  readonly host?: "standard" | "exact" | "any";
  readonly minVersion?: "TLSv1.2" | "TLSv1.3";
}

/**
 * OCPP security profiles: 0 nothing, 1 password, 2 password over TLS, 3 client certificate over TLS.
 * `password`: 2.0.1 has text, 1.6 octets.
 */
export type Security =
  | { readonly profile: 0 }
  | { readonly profile: 1; readonly password: string | Uint8Array }
  | { readonly profile: 2; readonly password: string | Uint8Array; readonly tls: ClientTlsOptions }
  | { readonly profile: 3; readonly tls: ClientTlsOptions & { readonly cert: string; readonly key: string } };

export interface Endpoint {
  /** `ws://` or `wss://`, with or without the identity at its end. */
  readonly url: string;
  readonly identity: string;
  /** In order of preference, for example `["ocpp2.0.1"]`. */
  readonly subprotocols: readonly string[];
  readonly security: Security;
}

export type DialResult =
  | { readonly ok: true; readonly peer: Peer }
  | { readonly ok: false; readonly failure: ConnectFailure };

export interface DialOptions extends PeerOptions {
  /** How long the attempt may take; 20,000. */
  readonly handshakeTimeoutMs?: number;
  /** The largest message taken; 1 MiB. */
  readonly maxPayload?: number;
}

/** Never throws; aborting `signal` ends the attempt. */
export function dial(endpoint: Endpoint, options: DialOptions, signal: AbortSignal): Promise<DialResult> {
  const socket = createSocket(endpoint, options.maxPayload ?? 2 ** 20);
  if ("kind" in socket) return Promise.resolve({ ok: false, failure: socket });
  return new Promise((resolve) => {
    const settle = (result: DialResult) => {
      timer.cancel();
      signal.removeEventListener("abort", abort);
      resolve(result);
    };
    const fail = (failure: ConnectFailure) => {
      settle({ ok: false, failure });
      socket.terminate();
    };
    const abort = () => fail({ kind: "protocol", message: "given up" });
    const late = () => fail({ kind: "unreachable", code: "ETIMEDOUT", message: "the CSMS does not answer" });
    const timer = options.clock.setTimer(options.handshakeTimeoutMs ?? 20_000, late);
    signal.addEventListener("abort", abort, { once: true });
    socket.once("error", (error) => fail(connectFailure(error)));
    socket.on("unexpected-response", (_request, response) => fail(refusedWith(response.statusCode ?? 0)));
    // The peer has to listen before the first message comes, so it is made here and now.
    socket.once("open", () => settle({ ok: true, peer: new Peer(socket, options) }));
    socket.on("error", () => {});
  });
}

/** The identity is the last segment of the path; who has written it there already, as EVerest allows, does not get it twice. */
function addressOf(url: string, identity: string): string {
  const base = url.replace(/\/+$/, "");
  const segment = encodeURIComponent(identity);
  return new URL(base).pathname.endsWith(`/${segment}`) ? base : `${base}/${segment}`;
}

function createSocket(
  { url, identity, subprotocols, security }: Endpoint,
  maxPayload: number,
): WebSocket | ConnectFailure {
  const scheme = security.profile >= 2 ? "wss:" : "ws:";
  if (!URL.canParse(url) || new URL(url).protocol !== scheme) {
    return {
      kind: "configuration",
      message: `security profile ${security.profile} needs a URL of the form ${scheme}//host:port/path`,
    };
  }
  try {
    return new WebSocket(addressOf(url, identity), [...subprotocols], {
      followRedirects: false,
      perMessageDeflate: false,
      ...oneMessageATime,
      maxPayload,
      // Whoever waits for an answer has it before the CALL that the CSMS sent right behind it is looked at.
      allowSynchronousEvents: false,
      headers: "password" in security ? { Authorization: writeBasicAuth(identity, security.password) } : {},
      ...tlsOptions(security),
    });
  } catch (error) {
    return { kind: "configuration", message: error instanceof Error ? error.message : String(error) };
  }
}

function tlsOptions(security: Security) {
  if (!("tls" in security)) return {};
  const { ca, host = "standard", ...rest } = security.tls;
  return { minVersion: "TLSv1.2" as const, ...rest, ca: [...ca], ...hostCheck(host) };
}

function hostCheck(host: NonNullable<ClientTlsOptions["host"]>) {
  if (host === "standard") return {};
  if (host === "any") return { checkServerIdentity: () => undefined };
  return {
    checkServerIdentity: (name: string, certificate: PeerCertificate) =>
      checkServerIdentity(name, withoutWildcards(certificate)),
  };
}

/** Names with `*` are none. */
function withoutWildcards({ subject, subjectaltname, ...rest }: PeerCertificate): PeerCertificate {
  const names = subjectaltname?.split(", ").filter((name) => !name.includes("*"));
  const CN = [subject.CN ?? []].flat().filter((name) => !name.includes("*"));
  return { ...rest, subject: { ...subject, CN }, ...(names ? { subjectaltname: names.join(", ") } : {}) };
}
