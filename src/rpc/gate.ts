/** Who may connect: URL, subprotocol, credentials and the number of failures, checked before the upgrade. */
import type { IncomingMessage } from "node:http";
import { TLSSocket } from "node:tls";
import { type Credentials, readBasicAuth } from "./basicAuth.ts";
import { type IdentityVerdict, readIdentity } from "./stationUrl.ts";
import { chooseSubprotocol } from "./subprotocol.ts";
import type { Throttle } from "./throttle.ts";

/** What a client showed on TLS. Who shows a wrong certificate gets here too, so that the reason can be told. */
export interface ClientTls {
  readonly protocol: string;
  readonly cipher: string;
  /** The client's certificate as DER. */
  readonly certificate?: Uint8Array;
  /** Whether the certificate leads to one of the roots given to the listener. */
  readonly authorized: boolean;
  readonly authorizationError?: string;
}

export interface StationRequest {
  readonly identity: string;
  readonly remoteAddress: string;
  readonly credentials?: Credentials;
  readonly tls?: ClientTls;
}

export type Admission =
  /** `authenticated` is false when nothing was proven (security profile 0): such a station cannot take over a live connection. */
  | { readonly ok: true; readonly authenticated: boolean }
  /** `reason` is for us; the client learns the status only. */
  | { readonly ok: false; readonly status: 401 | 403 | 404; readonly reason: string };

export interface Refusal {
  readonly ok: false;
  readonly status: number;
  readonly reason: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export type GateVerdict =
  | { readonly ok: true; readonly station: StationRequest; readonly protocol: string; readonly authenticated: boolean }
  | Refusal;

export interface GateOptions {
  readonly path: string;
  /** Fixed parts that do as well. */
  readonly morePaths?: readonly string[];
  readonly subprotocols: readonly string[];
  readonly throttle: Throttle;
  readonly authenticate: (request: StationRequest) => Promise<Admission>;
}

/** Reads everything a handshake says about the station. Never throws for what a client sends. */
export async function checkHandshake(request: IncomingMessage, options: GateOptions): Promise<GateVerdict> {
  const url = identityBelow(request.url ?? "", [options.path, ...(options.morePaths ?? [])]);
  if (!url.ok) return { ok: false, status: url.status, reason: "the URL names no station" };
  const protocol = chooseSubprotocol(request.headers["sec-websocket-protocol"], options.subprotocols);
  if (protocol === undefined) return { ok: false, status: 400, reason: "no common subprotocol" };
  const station = stationRequest(request, url.identity);
  const admission = await login(station, options);
  return admission.ok ? { ok: true, station, protocol, authenticated: admission.authenticated } : admission;
}

/** Where no fixed part fits, what is wrong with the first. */
function identityBelow(target: string, paths: readonly string[]): IdentityVerdict {
  const [first = { ok: false, status: 404 }, ...others] = paths.map((path) => readIdentity(target, path));
  return [first, ...others].find(({ ok }) => ok) ?? first;
}

async function login(station: StationRequest, { throttle, authenticate }: GateOptions): Promise<Admission | Refusal> {
  const source = `${station.remoteAddress} ${station.identity}`;
  const retryAfter = throttle.retryAfter(source);
  if (retryAfter > 0) {
    return { ok: false, status: 429, reason: "too many failures", headers: { "Retry-After": `${retryAfter}` } };
  }
  const admission = await authenticate(station);
  if (admission.ok) return admission;
  throttle.failed(source);
  return admission.status === 401 ? { ...admission, headers: { "WWW-Authenticate": 'Basic realm="OCPP"' } } : admission;
}

function stationRequest(request: IncomingMessage, identity: string): StationRequest {
  const credentials = readBasicAuth(request.headers.authorization);
  const tls = request.socket instanceof TLSSocket ? clientTls(request.socket) : undefined;
  return {
    identity,
    remoteAddress: request.socket.remoteAddress ?? "",
    ...(credentials && { credentials }),
    ...(tls && { tls }),
  };
}

function clientTls(socket: TLSSocket): ClientTls {
  const certificate: Uint8Array | undefined = socket.getPeerX509Certificate()?.raw;
  return {
    protocol: socket.getProtocol() ?? "",
    cipher: socket.getCipher().name,
    authorized: socket.authorized,
    ...(certificate && { certificate }),
    ...(socket.authorized ? {} : { authorizationError: String(socket.authorizationError) }),
  };
}
