import type {
  IdToken,
  ProvidedIdToken,
  TokenValidationStatus,
  TokenValidationStatusMessage,
  ValidationResult,
  ValidationResultUpdate,
  WithdrawAuthorizationRequest,
  WithdrawAuthorizationResult,
} from "../../interfaces/types/authorization.ts";
import type { SessionEvent, StopTransactionRequest } from "../../interfaces/types/evse_manager.ts";
import type { Clock } from "../../util/clock.ts";
import type { Logger } from "../../util/log.ts";
import type { TraceEvent, Tracer } from "../../util/trace.ts";
import { type Evse, type Identifier, sameToken } from "./evse.ts";
import { EvsePool } from "./evsePool.ts";
import { ReservationDesk, type ReservationDeskPorts } from "./reservationDesk.ts";
import type { SelectionAlgorithm } from "./selection.ts";
import { TokenJudge, type TokenValidator } from "./tokenJudge.ts";
import { TokenRequest } from "./tokenRequest.ts";
import {
  awaitingTransaction,
  type Outcome,
  type Refusal,
  refuse,
  type Start,
  type World,
  withParent,
} from "./tokenRules.ts";

export interface AuthOptions {
  readonly selection_algorithm: SelectionAlgorithm;
  /** Seconds. */
  readonly connection_timeout: number;
  /** Empty for none. */
  readonly master_pass_group_id: string;
  readonly prioritize_authorization_over_stopping_transaction: boolean;
  readonly ignore_connector_faults: boolean;
  readonly plug_in_timeout_enabled: boolean;
  readonly stop_transaction_on_reswipe: boolean;
}

/** Commands to one EVSE. A rejected promise means that the EVSE did not take the command. */
export interface EvseCommands {
  authorizeResponse(evseId: number, token: ProvidedIdToken, result: ValidationResult): Promise<unknown>;
  withdrawAuthorization(evseId: number): Promise<unknown>;
  stopTransaction(evseId: number, request: StopTransactionRequest): Promise<unknown>;
}

export interface AuthPorts extends ReservationDeskPorts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly trace: Tracer;
  readonly validators: readonly TokenValidator[];
  readonly commands: EvseCommands;
  publishStatus(message: TokenValidationStatusMessage): void;
}

/** Finds for each token the EVSE that it authorizes, or the transaction that it ends, or the reason to refuse it. */
export class AuthHandler {
  readonly pool: EvsePool;
  readonly reservations: ReservationDesk;
  readonly #options: AuthOptions;
  readonly #ports: AuthPorts;
  readonly #judge: TokenJudge;
  readonly #requests = new Set<TokenRequest>();
  #connectionTimeout: number;
  #masterPassGroupId: string | undefined;

  constructor(options: AuthOptions, ports: AuthPorts) {
    this.#options = options;
    this.#ports = ports;
    this.#connectionTimeout = options.connection_timeout;
    this.#masterPassGroupId = options.master_pass_group_id || undefined;
    this.pool = new EvsePool(
      {
        clock: ports.clock,
        ignoreConnectorFaults: options.ignore_connector_faults,
        plugInTimeoutEnabled: options.plug_in_timeout_enabled,
        connectionTimeout: () => this.#connectionTimeout,
      },
      {
        pluggedIn: () => this.#wakeAll(),
        carLeft: (evse) => this.#carLeft(evse),
        authorizationUnused: (evse, identifier) => this.#authorizationUnused(evse, identifier),
        plugInTimedOut: (evse) => this.#plugInTimedOut(evse),
        connectorsChanged: () => this.reservations.connectorsChanged(),
      },
    );
    this.reservations = new ReservationDesk(this.pool.evses, ports);
    this.#judge = new TokenJudge({
      world: () => this.#world,
      pool: this.pool,
      reservations: this.reservations,
      algorithm: options.selection_algorithm,
      connectionTimeout: () => this.#connectionTimeout,
      validators: ports.validators,
      clock: ports.clock,
      log: ports.log,
      accepted: (token, result) => this.#publish(token, "Accepted", result),
    });
  }

  /** @param seconds applies to authorizations given from now on. */
  setConnectionTimeout(seconds: number): void {
    this.#connectionTimeout = seconds;
  }

  /** @param id empty for none. */
  setMasterPassGroupId(id: string): void {
    this.#masterPassGroupId = id || undefined;
  }

  /** Stops all timers and drops all requests. */
  stop(): void {
    for (const request of this.#requests) request.cut(refuse("Unknown", "the station stops", { unheard: true }));
    this.pool.stop();
    this.reservations.stop();
  }

  /** Takes a token from its provider to its result. Never rejects. */
  async onToken(token: ProvidedIdToken): Promise<void> {
    const evses = this.pool.referenced(token);
    const duplicate = this.#duplicate(token, evses);
    if (duplicate) {
      await this.#conclude(token, duplicate, { publish: false });
      return;
    }
    const ids = evses.map(({ id }) => id);
    const request = new TokenRequest(token, ids);
    this.#requests.add(request);
    this.#publish(token, "Processing");
    const outcome = await this.#judge.decide(request);
    this.#requests.delete(request);
    await this.#conclude(token, outcome, { publish: true });
  }

  onSessionEvent(evseId: number, event: SessionEvent): void {
    this.pool.onSessionEvent(evseId, event);
    if (event.event === "ReservationEnd") this.reservations.endedAtEvse(evseId);
  }

  /** Later news about a token in use: its status and its group. */
  onValidationUpdate({ connector_id, validation_result }: ValidationResultUpdate): void {
    const identifier = this.pool.evses.get(connector_id)?.identifier;
    if (!identifier) {
      this.#ports.log.warn({ connector_id }, "validation update for an EVSE without authorization");
      return;
    }
    identifier.authorization_status = validation_result.authorization_status;
    identifier.parent_id_token = validation_result.parent_id_token;
    this.#publish(tokenAt(connector_id, identifier), "Accepted", validation_result);
  }

  /** Takes authorizations back: of tokens on their way, of EVSEs that wait for a transaction, of transactions. */
  async withdraw({ evse_id, id_token }: WithdrawAuthorizationRequest): Promise<WithdrawAuthorizationResult> {
    const { evses } = this.pool;
    if (evse_id !== undefined && !evses.has(evse_id)) return "EvseNotFound";
    const means = (token: IdToken | undefined, ids: ReadonlySet<number>) =>
      token !== undefined &&
      (id_token === undefined || sameToken(id_token, token)) &&
      (evse_id === undefined || ids.has(evse_id));
    const requests = this.#live.filter(({ token, evseIds }) => means(token.id_token, evseIds));
    const authorized = [...evses.values()].filter(({ id, identifier }) => means(identifier?.id_token, new Set([id])));
    const refusal = refuse("Unknown", "the authorization was withdrawn", { status: "Withdrawn" });
    for (const request of requests) request.cut(refusal);
    await Promise.all(authorized.map((evse) => this.#withdrawFrom(evse)));
    return requests.length + authorized.length > 0 ? "Accepted" : "AuthorizationNotFound";
  }

  /** Requests that can still authorize somebody. */
  get #live(): TokenRequest[] {
    return [...this.#requests].filter(({ refusal }) => refusal === undefined);
  }

  get #world(): World {
    return {
      evses: this.pool.evses,
      reservations: this.reservations.book,
      masterPassGroupId: this.#masterPassGroupId,
      prioritizeAuthorization: this.#options.prioritize_authorization_over_stopping_transaction,
      stopOnReswipe: this.#options.stop_transaction_on_reswipe,
    };
  }

  /** A token that is already on its way, or has just authorized an EVSE, is not validated once more. */
  #duplicate(token: ProvidedIdToken, evses: readonly Evse[]): Outcome | undefined {
    const running = this.#live.find((other) => sameToken(other.token.id_token, token.id_token));
    if (running) {
      const answersBoth = token.connectors === undefined || token.connectors.some((id) => running.evseIds.has(id));
      if (answersBoth) return { use: "ignore", reason: "the same token is being validated" };
      return refuse("ConcurrentTx", "the same token is being validated for another EVSE");
    }
    const waiting = awaitingTransaction(evses, token);
    return waiting && refuse("ConcurrentTx", `the token already authorizes EVSE ${waiting.id}`);
  }

  async #conclude(token: ProvidedIdToken, outcome: Outcome, { publish }: { publish: boolean }): Promise<void> {
    switch (outcome.use) {
      case "ignore":
        this.#ports.log.info({ token: token.id_token.value, reason: outcome.reason }, "token has no effect");
        break;
      case "start":
        await this.#start(token, outcome);
        break;
      case "stop":
        await this.#stop(token, outcome.evses, outcome.reason, outcome.parent);
        break;
      case "reauthorize":
        this.#publish(usedAt(withParent(token, outcome.parent), [outcome.evse]), "UsedToReauthorize");
        break;
      case "refuse":
        await this.#refuse(token, outcome);
        if (publish) this.#publish(token, outcome.status);
    }
  }

  async #start(provided: ProvidedIdToken, { evse, identifier, result }: Start): Promise<void> {
    const token = usedAt(withParent(provided, result.parent_id_token), [evse]);
    const { value } = token.id_token;
    if (evse.identifier !== identifier) {
      this.#ports.log.info({ token: value, evse: evse.id }, "the car left or the token was withdrawn meanwhile");
      return;
    }
    this.#trace("ok", `EVSE ${evse.id} is authorized for ${value}`, { detail: { evse: evse.id, idToken: value } });
    const taken = await this.#command(evse, this.#ports.commands.authorizeResponse(evse.id, token, result));
    if (!taken && evse.identifier === identifier) this.pool.release(evse);
    this.#publish(token, taken ? "UsedToStart" : "Rejected");
  }

  async #stop(provided: ProvidedIdToken, evses: readonly Evse[], reason: "Local" | "MasterPass", parent?: IdToken) {
    const request = { reason, id_tag: provided };
    await Promise.all(evses.map((evse) => this.#command(evse, this.#ports.commands.stopTransaction(evse.id, request))));
    this.#publish(usedAt(withParent(provided, parent), evses), "UsedToStop");
  }

  /** Tells the EVSEs that the token names at once: a car must not stand in its authorization loop for nothing. */
  async #refuse(token: ProvidedIdToken, { reason, fix, result, unheard }: Refusal): Promise<void> {
    const { value } = token.id_token;
    const { authorization_status, certificate_status } = result;
    this.#ports.log.warn({ token: value, authorization_status, reason, fix }, "token refused");
    this.#trace("refused", `token ${value} refused: ${reason}`, {
      ...(fix === undefined ? {} : { fix }),
      detail: { authorization_status, ...(certificate_status ? { certificate_status } : {}) },
    });
    const waiting = unheard ? [] : (token.connectors ?? []).flatMap((id) => this.pool.evses.get(id) ?? []);
    const { authorizeResponse } = this.#ports.commands;
    await Promise.all(waiting.map((evse) => this.#command(evse, authorizeResponse(evse.id, token, result))));
  }

  async #withdrawFrom(evse: Evse): Promise<void> {
    const { identifier } = evse;
    if (!identifier) return;
    if (evse.transactionActive) {
      await this.#command(evse, this.#ports.commands.stopTransaction(evse.id, { reason: "DeAuthorized" }));
      return;
    }
    this.pool.release(evse);
    await this.#command(evse, this.#ports.commands.withdrawAuthorization(evse.id));
    this.#publish(tokenAt(evse.id, identifier), "Withdrawn");
  }

  #authorizationUnused(evse: Evse, identifier: Identifier): void {
    this.#trace("refused", `authorization of EVSE ${evse.id} withdrawn: no transaction began in time`, {
      rule: "connection_timeout",
    });
    void this.#command(evse, this.#ports.commands.withdrawAuthorization(evse.id));
    this.#publish(tokenAt(evse.id, identifier), "TimedOut");
  }

  #plugInTimedOut(evse: Evse): void {
    this.#trace("refused", `nobody authorized the car at EVSE ${evse.id} in time; it must be plugged in again`, {
      rule: "plug_in_timeout_enabled",
    });
    void this.#command(evse, this.#ports.commands.withdrawAuthorization(evse.id));
  }

  #wakeAll(): void {
    for (const request of this.#requests) request.wake();
  }

  /** An answer that comes later was asked for the car that left; it must not authorize the next one. */
  #carLeft(evse: Evse): void {
    for (const request of this.#requests) {
      request.evseIds.delete(evse.id);
      if (request.evseIds.size > 0) continue;
      const reason = `the car at EVSE ${evse.id} left before its token was decided`;
      request.cut(refuse("Timeout", reason, { unheard: true }));
    }
  }

  async #command(evse: Evse, sent: Promise<unknown>): Promise<boolean> {
    try {
      await sent;
      return true;
    } catch (error) {
      this.#ports.log.error({ evse: evse.id, error: String(error) }, "the EVSE did not take a command of Auth");
      return false;
    }
  }

  #trace(outcome: "ok" | "refused", title: string, more: Pick<TraceEvent, "rule" | "fix" | "detail">): void {
    this.#ports.trace.add({ step: 5, kind: "decision", from: "Auth", to: "EVSE", title, outcome, ...more });
  }

  #publish(token: ProvidedIdToken, status: TokenValidationStatus, result?: ValidationResult): void {
    const messages = result?.tariff_messages ?? [];
    this.#ports.publishStatus({ token, status, ...(messages.length > 0 ? { messages } : {}) });
  }
}

function usedAt(token: ProvidedIdToken, evses: readonly Evse[]): ProvidedIdToken {
  return { ...token, connectors: evses.map(({ id }) => id) };
}

function tokenAt(evseId: number, { id_token, authorization_type, parent_id_token }: Identifier): ProvidedIdToken {
  return withParent({ id_token, authorization_type, connectors: [evseId] }, parent_id_token);
}
