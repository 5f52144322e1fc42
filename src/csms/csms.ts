/** A test CSMS for OCPP 1.6, 2.0.1 and 2.1 that decides for real: real WebSockets, real certificates, and reasons in words. */
import type { Calls as Calls16 } from "../ocpp/v16/messages.generated.ts";
import type { Calls } from "../ocpp/v201/messages.generated.ts";
import { NotConnected } from "../rpc/errors.ts";
import { type Database, openDatabase } from "../util/database.ts";
import { UserError } from "../util/errors.ts";
import { type Certificate, certificateHashData } from "../x509/index.ts";
import { createApi } from "./api/app.ts";
import { isLoopback } from "./api/guard.ts";
import type { ContractAnswer } from "./clearingHouse/answer.ts";
import { contractDecision } from "./clearingHouse/decision.ts";
import { clearingHouseRoutes } from "./clearingHouse/http.ts";
import { AccessTokens } from "./clearingHouse/tokens.ts";
import { type Connections, openConnections } from "./connections.ts";
import type { Faults } from "./faults/faults.ts";
import { createHttpApp, type HttpSide, serveHttp } from "./http.ts";
import type { ApiOptions, CsmsOptions, CsmsPki, StationAccount } from "./options.ts";
import type { CsmsEvent } from "./report.ts";
import type { TransactionRecord } from "./services/transactionRules.ts";
import { createParts, type Parts } from "./services.ts";
import type { ContractAccount, TokenAccount } from "./store/accounts.ts";
import { migrations } from "./store/migrations.ts";
import type { StationRecord } from "./store/stations.ts";
import type { StationRequest } from "./versions.ts";

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
  #connections: Connections | undefined;
  #http: HttpSide | undefined;
  #api: HttpSide | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: CsmsOptions) {
    this.#options = options;
    this.#database = openDatabase(options.database ?? ":memory:", migrations);
    this.#parts = createParts(options, this.#database, () => this.ocspUrl);
    this.setStations(options.stations);
    this.setTokens(options.tokens ?? []);
    this.setContracts(options.contracts ?? []);
    for (const fault of options.faults ?? []) this.faults.set(fault);
  }

  /** What stations connect to, without their identity. */
  get url(): string {
    return `${this.#options.tls ? "wss" : "ws"}://${this.#host}:${this.#connections?.port ?? 0}${this.#path}`;
  }

  /** Where other CSMS reach the clearing house, when there are clients that may use it. */
  get clearingHouseUrl(): string {
    return new URL("/", this.ocspUrl).origin;
  }

  /** Of the HTTP API, where there is one. */
  get apiUrl(): string | undefined {
    const host = inUrl(this.#options.api?.host);
    return this.#api && `http://${host}:${this.#api.port}`;
  }

  /** The URL to write into certificates, so that they can be checked here. */
  get ocspUrl(): string {
    return `http://${this.#host}:${this.#http?.port ?? 0}/ocsp`;
  }

  /** All transactions that were ever heard of, in that order. */
  get transactions(): TransactionRecord[] {
    return this.#parts.services.transactions.list();
  }

  /** What is done wrong on purpose. */
  get faults(): Faults {
    return this.#parts.services.faults;
  }

  get stations(): StationRecord[] {
    return this.#parts.services.stations.list();
  }

  /** Identities of the stations that are connected. */
  get connected(): string[] {
    return this.#connections?.identities ?? [];
  }

  async open(): Promise<void> {
    const { allowedResponders = [], api, host = "127.0.0.1", httpPort = 0, pki } = this.#options;
    this.#http = await serveHttp(createHttpApp(this.#parts.responder, this.#routes()), host, httpPort);
    for (const url of [this.ocspUrl, ...allowedResponders]) this.#parts.responders.allow(url);
    if (pki) this.usePki(pki);
    const { services, stationAccounts: accounts } = this.#parts;
    this.#connections = await openConnections({ ...this.#options, services, accounts });
    if (api) this.#api = await this.#serveApi(api, this.#connections);
  }

  /** @throws UserError when the port cannot be had, or anybody could reach it. */
  #serveApi({ host = "127.0.0.1", port = 0, token }: ApiOptions, connections: Connections): Promise<HttpSide> {
    if (token === undefined && !isLoopback(host)) {
      const fix = "Name a token, or listen on 127.0.0.1.";
      throw new UserError(`the HTTP API on ${host} would be open to everybody`, { fix });
    }
    const { accounts: tokens, services, stationAccounts: accounts } = this.#parts;
    const { faults, stations, transactions } = services;
    const parts = { tokens, accounts, stations, connections, transactions, faults, log: this.#options.log };
    return serveHttp(createApi(parts, token), host, port);
  }

  /** Trusts these roots and speaks for these CAs from now on, instead of any others. What was issued or revoked stays so. */
  usePki(pki: CsmsPki): void {
    const { certificates, responders, trust } = this.#parts;
    trust.use(pki, this.#options.clock.now());
    this.#database.atomically(() => {
      for (const { certificate, issuer } of pki.issued) certificates.issued(certificate, issuer);
      for (const { certificate, issuer } of pki.revoked) this.revoke(certificate, issuer);
    });
    // Who answers for these CAs is this CSMS itself, wherever their certificates say that the responder is.
    const responder = pki.ocspSigners.length > 0 ? this.ocspUrl : undefined;
    for (const { aia } of [...pki.intermediates, ...pki.issued.map(({ certificate }) => certificate)]) {
      if (aia?.ocsp !== undefined) responders.allow(aia.ocsp, responder);
    }
  }

  /** Identities of the stations that may connect. */
  get accounts(): string[] {
    return this.#parts.stationAccounts.list().map(({ identity }) => identity);
  }

  /** Adds stations that may connect, or changes those that are there. */
  setStations(stations: readonly StationAccount[]): void {
    this.#database.atomically(() => {
      for (const station of stations) this.#parts.stationAccounts.set(station);
    });
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

  /** Asks a station of OCPP 2.0.1. @throws as {@link request}. */
  async call<A extends keyof Calls>(
    station: string,
    action: A,
    payload: Calls[A]["request"],
  ): Promise<Calls[A]["response"]> {
    return (await this.request(station, { action, payload })) as Calls[A]["response"];
  }

  /** Asks a station of OCPP 1.6. @throws as {@link request}. */
  async call16<A extends keyof Calls16>(
    station: string,
    action: A,
    payload: Calls16[A]["request"],
  ): Promise<Calls16[A]["response"]> {
    return (await this.request(station, { action, payload })) as Calls16[A]["response"];
  }

  /** Asks a station in whatever version it speaks. @throws NotConnected when it is not there, UserError for what its version does not have, RpcError, CallTimeout, Overloaded, InvalidAnswer. */
  async request(station: string, wanted: StationRequest): Promise<unknown> {
    if (!this.#connections) throw new NotConnected("the CSMS is not open");
    return this.#connections.request(station, wanted);
  }

  /** Ends a station's connection, if it has one; it may come again. */
  async disconnect(station: string, reason = "asked for"): Promise<void> {
    await this.#connections?.disconnect(station, reason);
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
    await this.#api?.close();
    await this.#connections?.close();
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
    return inUrl(this.#options.host);
  }
}

/** An address to listen on, as others write it. */
function inUrl(host = "127.0.0.1"): string {
  if (["0.0.0.0", "::"].includes(host)) return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}
