import type { ProvidedIdToken, ValidationResult } from "../../interfaces/types/authorization.ts";
import type { Clock } from "../../util/clock.ts";
import type { Logger } from "../../util/log.ts";
import { type Evse, type Identifier, isAvailable } from "./evse.ts";
import type { EvsePool } from "./evsePool.ts";
import type { ReservationDesk } from "./reservationDesk.ts";
import { type SelectionAlgorithm, selectEvse } from "./selection.ts";
import type { TokenRequest } from "./tokenRequest.ts";
import {
  admit,
  beforeValidation,
  isAccepted,
  isMasterPass,
  noEvse,
  notAccepted,
  type Outcome,
  type Refusal,
  refuse,
  stopByGroup,
  type World,
  withParent,
} from "./tokenRules.ts";

/** One who knows whether a token is good. */
export interface TokenValidator {
  /** For people. */
  readonly name: string;
  /** May reject; that counts as the answer Unknown. */
  validate(token: ProvidedIdToken): Promise<ValidationResult>;
}

export interface TokenJudgeOptions {
  world(): World;
  readonly pool: EvsePool;
  readonly reservations: ReservationDesk;
  readonly algorithm: SelectionAlgorithm;
  /** Seconds. */
  connectionTimeout(): number;
  readonly validators: readonly TokenValidator[];
  readonly clock: Clock;
  readonly log: Logger;
  /** A validator accepted the token; whether an EVSE can be found is open. */
  accepted(token: ProvidedIdToken, result: ValidationResult): void;
}

/** Brings a token to its outcome: asks the validators, finds the EVSE and holds it. */
export class TokenJudge {
  readonly #options: TokenJudgeOptions;

  constructor(options: TokenJudgeOptions) {
    this.#options = options;
  }

  async decide(request: TokenRequest): Promise<Outcome> {
    const early = beforeValidation(this.#options.world(), request.token, this.#evsesOf(request));
    if (early) return early;
    const results = (await request.unlessCut(this.#validate(request.token))) ?? [];
    if (request.refusal) return request.refusal;
    const evses = this.#evsesOf(request);
    return (
      stopByGroup(this.#options.world(), evses, results) ?? this.#assign(request, evses.filter(isAvailable), results)
    );
  }

  #evsesOf({ evseIds }: TokenRequest): Evse[] {
    return [...evseIds].flatMap((id) => this.#options.pool.evses.get(id) ?? []);
  }

  async #validate(token: ProvidedIdToken): Promise<ValidationResult[]> {
    if (token.prevalidated) {
      const parent = token.parent_id_token === undefined ? {} : { parent_id_token: token.parent_id_token };
      return [{ authorization_status: "Accepted", tariff_messages: [], ...parent }];
    }
    const results: ValidationResult[] = [];
    for (const validator of this.#options.validators) results.push(await this.#ask(validator, token));
    return results;
  }

  async #ask(validator: TokenValidator, token: ProvidedIdToken): Promise<ValidationResult> {
    try {
      return await validator.validate(token);
    } catch (error) {
      const facts = { validator: validator.name, error: String(error) };
      this.#options.log.warn(facts, "the validator gave no answer; counted as Unknown");
      return { authorization_status: "Unknown", tariff_messages: [] };
    }
  }

  /** The first accepted result decides, with an EVSE chosen among `candidates`. */
  async #assign(
    request: TokenRequest,
    candidates: readonly Evse[],
    results: readonly ValidationResult[],
  ): Promise<Outcome> {
    if (candidates.length === 0) return noEvse(this.#options.world(), request.token);
    let refusal = refuse("Unknown", "no validator gave an answer");
    for (const result of results) {
      const verdict = isAccepted(result) ? await this.#use(request, candidates, result) : notAccepted(result);
      if (verdict.use === "start" || verdict.final) return verdict;
      refusal = verdict;
    }
    return refusal;
  }

  async #use(request: TokenRequest, candidates: readonly Evse[], result: ValidationResult) {
    if (isMasterPass(this.#options.world(), result.parent_id_token)) {
      return refuse("Invalid", "a token of the master pass group can only stop transactions", { final: true });
    }
    this.#options.accepted(withParent(request.token, result.parent_id_token), result);
    return this.#select(request, candidates, (evse) => {
      const admitted = admit(this.#options.world(), request.token, evse, result);
      if ("use" in admitted) return admitted;
      const identifier = this.#hold(evse, request.token, admitted);
      return { use: "start" as const, evse, identifier, result: admitted };
    });
  }

  /**
   * Waits for a plug-in where the algorithm wants one, connection_timeout at most.
   * @param take is called in the same step as the choice, so that no other token can come in between.
   */
  async #select<T>(request: TokenRequest, candidates: readonly Evse[], take: (evse: Evse) => T): Promise<T | Refusal> {
    let due = false;
    const deadline = this.#options.clock.setTimer(this.#options.connectionTimeout() * 1000, () => {
      due = true;
      request.wake();
    });
    try {
      while (!request.refusal) {
        const usable = candidates.filter((evse) => request.evseIds.has(evse.id) && isAvailable(evse));
        const choice = candidates.length > 1;
        const selection = selectEvse(this.#options.algorithm, usable, this.#options.pool.plugIns, choice);
        if (selection === "none") return final(noEvse(this.#options.world(), request.token));
        if (selection !== "waitForPlugIn") return take(selection);
        if (due) return final(refuse("Timeout", "no car was plugged in in time", { status: "TimedOut" }));
        await request.sleep();
      }
      return final(request.refusal);
    } finally {
      deadline.cancel();
    }
  }

  #hold(evse: Evse, { id_token, authorization_type }: ProvidedIdToken, result: ValidationResult): Identifier {
    const { authorization_status, parent_id_token } = result;
    const identifier = { id_token, authorization_type, authorization_status, parent_id_token };
    this.#options.pool.authorize(evse, identifier);
    if (result.reservation_id !== undefined) this.#options.reservations.used(result.reservation_id);
    return identifier;
  }
}

/** Another validator's result would not change it. */
function final(refusal: Refusal): Refusal {
  return { ...refusal, final: true };
}
