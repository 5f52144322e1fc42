/** A test CSMS for OCPP 2.0.1 that decides for real: real WebSockets, real certificates, and reasons in words. */
import { type Call, createCall, createHandler, subprotocol } from "../ocpp/v201/endpoint.ts";
import type { Calls } from "../ocpp/v201/messages.generated.ts";
import { NotConnected, RpcError } from "../rpc/errors.ts";
import { type Listener, type ListenerEvent, listen } from "../rpc/listener.ts";
import type { CallHandler, Peer, PeerEvent } from "../rpc/peer.ts";
import { type Database, openDatabase } from "../util/database.ts";
import { type Certificate, certificateHashData } from "../x509/index.ts";
import { authenticate } from "./authenticate.ts";
import type { ContractAnswer } from "./clearingHouse/answer.ts";
import { contractDecision } from "./clearingHouse/decision.ts";
import { clearingHouseRoutes } from "./clearingHouse/http.ts";
import { AccessTokens } from "./clearingHouse/tokens.ts";
import { handlers } from "./handlers/v201/index.ts";
import { createHttpApp, type HttpSide, serveHttp } from "./http.ts";
import type { CsmsOptions, CsmsPki, StationAccount } from "./options.ts";
import type { CsmsEvent } from "./report.ts";
import type { TransactionRecord } from "./services/transactionRules.ts";
import { printable } from "./services/words.ts";
import { createParts, type Parts } from "./services.ts";
import type { ContractAccount, TokenAccount } from "./store/accounts.ts";
import { migrations } from "./store/migrations.ts";
import type { StationRecord } from "./store/stations.ts";

/** Starts it. @throws UserError when a port or the database cannot be had. */
export async function startCsms(options: CsmsOptions): Promise<Csms> {
  const csms = new Csms(options);
  try {
    await csms.open();
    return csms;
  } catch (error) {
    await csms.close();
    throw error;
  }
}

export class Csms {
  readonly #options: CsmsOptions;
  readonly #database: Database;
  readonly #parts: Parts;
  readonly #accounts = new Map<string, StationAccount>();
  #listener: Listener | undefined;
  #http: HttpSide | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: CsmsOptions) {
    this.#options = options;
    this.#database = openDatabase(options.database ?? ":memory:", migrations);
    this.#parts = createParts(options, this.#database, () => this.ocspUrl);
    this.setStations(options.stations);
    this.setTokens(options.tokens ?? []);
    this.setContracts(options.contracts ?? []);
  }

  /** What stations connect to, without their identity. */
  get url(): string {
    return `${this.#options.tls ? "wss" : "ws"}://${this.#host}:${this.#listener?.port ?? 0}${this.#path}`;
  }

  /** Where other CSMS reach the clearing house, when there are clients that may use it. */
  get clearingHouseUrl(): string {
    return new URL("/", this.ocspUrl).origin;
  }

  /** The URL to write into certificates, so that they can be checked here. */
  get ocspUrl(): string {
    return `http://${this.#host}:${this.#http?.port ?? 0}/ocsp`;
  }

  /** All transactions that were ever heard of, in that order. */
  get transactions(): TransactionRecord[] {
    return this.#parts.services.transactions.list();
  }

  get stations(): StationRecord[] {
    return this.#parts.services.stations.list();
  }

  /** Identities of the stations that are connected. */
  get connected(): string[] {
    return [...(this.#listener?.peers.keys() ?? [])];
  }

  async open(): Promise<void> {
    const {
      allowedResponders = [],
      clock,
      host = "127.0.0.1",
      httpPort = 0,
      pki,
      port = 0,
      random,
      tls,
    } = this.#options;
    this.#http = await serveHttp(createHttpApp(this.#parts.responder, this.#routes()), host, httpPort);
    for (const url of [this.ocspUrl, ...allowedResponders]) this.#parts.responders.allow(url);
    if (pki) this.usePki(pki);
    this.#listener = await listen({
      host,
      port,
      path: this.#path,
      subprotocols: [subprotocol],
      clock,
      random,
      ...(tls && { tls }),
      authenticate: async (request) => authenticate(this.#accounts.get(request.identity), request),
      connected: (peer, { identity }) => this.#connected(peer, identity),
      observe: (event) => this.#observe(event),
      observePeer: (identity, event) => this.#observePeer(identity, event),
    });
  }

  /** Trusts these roots and speaks for these CAs from now on, instead of any others. What was issued or revoked stays so. */
  usePki(pki: CsmsPki): void {
    const { certificates, responders, trust } = this.#parts;
    trust.use(pki, this.#options.clock.now());
    this.#database.atomically(() => {
      for (const { certificate, issuer } of pki.issued) certificates.issued(certificate, issuer);
      for (const { certificate, issuer } of pki.revoked) this.revoke(certificate, issuer);
    });
    for (const { aia } of [...pki.intermediates, ...pki.issued.map(({ certificate }) => certificate)]) {
      if (aia?.ocsp !== undefined) responders.allow(aia.ocsp);
    }
  }

  /** Adds stations that may connect, or changes those that are there. */
  setStations(stations: readonly StationAccount[]): void {
    for (const station of stations) this.#accounts.set(station.identity, station);
  }

  setTokens(tokens: readonly TokenAccount[]): void {
    this.#parts.accounts.setTokens(tokens);
  }

  setContracts(contracts: readonly ContractAccount[]): void {
    this.#parts.accounts.setContracts(contracts);
  }

  /** The responder calls it revoked from now on. @param reason as RFC 5280, 5.3.1 numbers it. */
  revoke(certificate: Certificate, issuer: Certificate, reason?: number): void {
    const { issuerKeyHash, serialNumber } = certificateHashData(certificate, issuer);
    this.#parts.certificates.revoke(issuerKeyHash, serialNumber, this.#options.clock.now(), reason);
  }

  /** Asks a station. @throws NotConnected when it is not there, and whatever {@link TypedCall} throws. */
  async call<A extends keyof Calls>(
    station: string,
    action: A,
    request: Calls[A]["request"],
  ): Promise<Calls[A]["response"]> {
    const peer = this.#listener?.peers.get(station);
    if (!peer) throw new NotConnected(`station ${station} is not connected`);
    const call: Call = createCall(peer);
    return call(action, request);
  }

  /** @returns a function that ends the subscription. */
  subscribe(listener: (event: CsmsEvent) => void): () => void {
    return this.#parts.services.reporter.subscribe(listener);
  }

  /** Ends everything in good order; harmless when that has been done. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#listener?.close({ drainMs: 1_000 });
    await this.#http?.close();
    this.#database.close();
  }

  /** Without a client that knows a secret, the clearing house is for this CSMS's own stations only. */
  #routes() {
    const { apiClients = [], clock, random } = this.#options;
    if (apiClients.length === 0) return [];
    const { services, trust } = this.#parts;
    const { clearingHouse, signing, reporter } = services;
    const tokens = new AccessTokens(apiClients, clock, random);
    const tell = (answer: ContractAnswer) => reporter.decide(contractDecision(answer, "OPCP", { station: "HTTP" }));
    return [clearingHouseRoutes({ clearingHouse, signing, tokens, pki: () => trust.pki, tell })];
  }

  get #path(): string {
    return this.#options.path ?? "/ocpp";
  }

  get #host(): string {
    const { host = "127.0.0.1" } = this.#options;
    if (["0.0.0.0", "::"].includes(host)) return "localhost";
    return host.includes(":") ? `[${host}]` : host;
  }

  #connected(peer: Peer, identity: string): void {
    const { services } = this.#parts;
    services.stations.connected(identity, this.#options.clock.now());
    peer.onCall(this.#admitted(identity, createHandler(handlers, { identity, services, call: createCall(peer) })));
    services.reporter.emit({ type: "connected", station: identity });
    void peer.closed.then(() => services.reporter.emit({ type: "disconnected", station: identity }));
  }

  /** B02, B03: a station that was not accepted may only boot. */
  #admitted(identity: string, handler: CallHandler): CallHandler {
    const { stations } = this.#parts.services;
    return (action, payload, afterwards) => {
      if (action !== "BootNotification" && stations.find(identity)?.registration !== "Accepted") {
        throw new RpcError("SecurityError", "this station has to send a BootNotification first");
      }
      return handler(action, payload, afterwards);
    };
  }

  #observe(event: ListenerEvent): void {
    const { log } = this.#options;
    // Whoever is held back is told of in the log only: the timeline is no place for a flood.
    if (event.type === "refused" && event.status !== 429) this.#refused(event);
    else if (event.type === "failed") log.error({ error: event.error }, "a connection could not be checked");
    else log.info(event, `connection: ${event.type}`);
  }

  #refused({ reason, remoteAddress, status, target }: Extract<ListenerEvent, { type: "refused" }>): void {
    this.#parts.services.reporter.decide({
      step: 0,
      station: printable(target),
      title: `connection to ${printable(target)} refused with HTTP ${status}: ${reason}`,
      outcome: "refused",
      detail: { remoteAddress },
    });
  }

  #observePeer(identity: string, event: PeerEvent): void {
    if (event.type === "frame") this.#options.onFrame?.(identity, event.direction, event.text);
    else if (event.type === "handlerFailed") {
      this.#options.log.error({ station: identity, error: event.error }, `${event.action} failed`);
    } else this.#options.log.warn({ station: identity, ...event }, `connection: ${event.type}`);
  }
}
