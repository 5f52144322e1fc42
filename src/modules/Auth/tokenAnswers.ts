import type {
  IdToken,
  ProvidedIdToken,
  TokenValidationStatus,
  TokenValidationStatusMessage,
  ValidationResult,
} from "../../interfaces/types/authorization.ts";
import type { StopTransactionRequest } from "../../interfaces/types/evse_manager.ts";
import type { Logger } from "../../util/log.ts";
import type { TraceEvent, Tracer } from "../../util/trace.ts";
import type { Evse, Identifier } from "./evse.ts";
import type { EvsePool } from "./evsePool.ts";
import { type Outcome, type Refusal, type Start, withParent } from "./tokenRules.ts";

/** Commands to one EVSE. A rejected promise means that the EVSE did not take the command. */
export interface EvseCommands {
  authorizeResponse(evseId: number, token: ProvidedIdToken, result: ValidationResult): Promise<unknown>;
  withdrawAuthorization(evseId: number): Promise<unknown>;
  stopTransaction(evseId: number, request: StopTransactionRequest): Promise<unknown>;
}

export interface TokenAnswerPorts {
  readonly log: Logger;
  readonly trace: Tracer;
  readonly commands: EvseCommands;
  publishStatus(message: TokenValidationStatusMessage): void;
}

/** Tells EVSEs, and everybody who listens, what became of tokens. */
export class TokenAnswers {
  readonly #ports: TokenAnswerPorts;
  readonly #pool: EvsePool;

  constructor(ports: TokenAnswerPorts, pool: EvsePool) {
    this.#ports = ports;
    this.#pool = pool;
  }

  /** Carries an outcome out. @param publish its status too. */
  async conclude(token: ProvidedIdToken, outcome: Outcome, { publish }: { publish: boolean }): Promise<void> {
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
        this.publish(usedAt(withParent(token, outcome.parent), [outcome.evse]), "UsedToReauthorize");
        break;
      case "refuse":
        await this.#refuse(token, outcome);
        if (publish) this.publish(token, outcome.status);
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
    if (!taken && evse.identifier === identifier) this.#pool.release(evse);
    this.publish(token, taken ? "UsedToStart" : "Rejected");
  }

  async #stop(provided: ProvidedIdToken, evses: readonly Evse[], reason: "Local" | "MasterPass", parent?: IdToken) {
    const request = { reason, id_tag: provided };
    await Promise.all(evses.map((evse) => this.#command(evse, this.#ports.commands.stopTransaction(evse.id, request))));
    this.publish(usedAt(withParent(provided, parent), evses), "UsedToStop");
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
    const waiting = unheard ? [] : (token.connectors ?? []).flatMap((id) => this.#pool.evses.get(id) ?? []);
    const { authorizeResponse } = this.#ports.commands;
    await Promise.all(waiting.map((evse) => this.#command(evse, authorizeResponse(evse.id, token, result))));
  }

  /** Takes the authorization of one EVSE back. */
  async withdrawFrom(evse: Evse): Promise<void> {
    const { identifier } = evse;
    if (!identifier) return;
    if (evse.transactionActive) {
      await this.#command(evse, this.#ports.commands.stopTransaction(evse.id, { reason: "DeAuthorized" }));
      return;
    }
    this.#pool.release(evse);
    await this.#command(evse, this.#ports.commands.withdrawAuthorization(evse.id));
    this.publish(tokenAt(evse.id, identifier), "Withdrawn");
  }

  /** No transaction began in time. */
  authorizationUnused(evse: Evse, identifier: Identifier): void {
    this.#trace("refused", `authorization of EVSE ${evse.id} withdrawn: no transaction began in time`, {
      rule: "connection_timeout",
    });
    void this.#command(evse, this.#ports.commands.withdrawAuthorization(evse.id));
    this.publish(tokenAt(evse.id, identifier), "TimedOut");
  }

  /** Nobody authorized the car in time. */
  plugInTimedOut(evse: Evse): void {
    this.#trace("refused", `nobody authorized the car at EVSE ${evse.id} in time; it must be plugged in again`, {
      rule: "plug_in_timeout_enabled",
    });
    void this.#command(evse, this.#ports.commands.withdrawAuthorization(evse.id));
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

  publish(token: ProvidedIdToken, status: TokenValidationStatus, result?: ValidationResult): void {
    const messages = result?.tariff_messages ?? [];
    this.#ports.publishStatus({ token, status, ...(messages.length > 0 ? { messages } : {}) });
  }
}

function usedAt(token: ProvidedIdToken, evses: readonly Evse[]): ProvidedIdToken {
  return { ...token, connectors: evses.map(({ id }) => id) };
}

/** The token that an EVSE is authorized for, as far as it is still known. */
export function tokenAt(
  evseId: number,
  { id_token, authorization_type, parent_id_token }: Identifier,
): ProvidedIdToken {
  return withParent({ id_token, authorization_type, connectors: [evseId] }, parent_id_token);
}
