import type {
  IdToken,
  ProvidedIdToken,
  ValidationResultUpdate,
  WithdrawAuthorizationRequest,
  WithdrawAuthorizationResult,
} from "../../interfaces/types/authorization.ts";
import type { SessionEvent } from "../../interfaces/types/evse_manager.ts";
import type { Clock } from "../../util/clock.ts";
import { type Evse, sameToken } from "./evse.ts";
import { EvsePool } from "./evsePool.ts";
import { ReservationDesk, type ReservationDeskPorts } from "./reservationDesk.ts";
import type { SelectionAlgorithm } from "./selection.ts";
import { type TokenAnswerPorts, TokenAnswers, tokenAt } from "./tokenAnswers.ts";
import { TokenJudge, type TokenValidator } from "./tokenJudge.ts";
import { TokenRequest } from "./tokenRequest.ts";
import { awaitingTransaction, type Outcome, refuse, type World } from "./tokenRules.ts";

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

export interface AuthPorts extends ReservationDeskPorts, TokenAnswerPorts {
  readonly clock: Clock;
  readonly validators: readonly TokenValidator[];
}

/** Finds for each token the EVSE that it authorizes, or the transaction that it ends, or the reason to refuse it. */
export class AuthHandler {
  readonly pool: EvsePool;
  readonly reservations: ReservationDesk;
  readonly #options: AuthOptions;
  readonly #ports: AuthPorts;
  readonly #judge: TokenJudge;
  readonly #answers: TokenAnswers;
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
        authorizationUnused: (evse, identifier) => this.#answers.authorizationUnused(evse, identifier),
        plugInTimedOut: (evse) => this.#answers.plugInTimedOut(evse),
        connectorsChanged: () => this.reservations.connectorsChanged(),
      },
    );
    this.#answers = new TokenAnswers(ports, this.pool);
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
      accepted: (token, result) => this.#answers.publish(token, "Accepted", result),
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
      await this.#answers.conclude(token, duplicate, { publish: false });
      return;
    }
    const ids = evses.map(({ id }) => id);
    const request = new TokenRequest(token, ids);
    this.#requests.add(request);
    this.#answers.publish(token, "Processing");
    const outcome = await this.#judge.decide(request);
    this.#requests.delete(request);
    await this.#answers.conclude(token, outcome, { publish: true });
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
    this.#answers.publish(tokenAt(connector_id, identifier), "Accepted", validation_result);
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
    await Promise.all(authorized.map((evse) => this.#answers.withdrawFrom(evse)));
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
}
