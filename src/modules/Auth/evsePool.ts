import type { ProvidedIdToken } from "../../interfaces/types/authorization.ts";
import type { ConnectorTypeEnum, SessionEvent } from "../../interfaces/types/evse_manager.ts";
import type { Clock } from "../../util/clock.ts";
import type { ConnectorEvent } from "./connector.ts";
import { createEvse, type Evse, feedConnector, type Identifier, isOutOfService } from "./evse.ts";

export interface EvsePoolOptions {
  readonly clock: Clock;
  readonly ignoreConnectorFaults: boolean;
  readonly plugInTimeoutEnabled: boolean;
  /** Seconds that an authorization waits for its transaction, and a plugged car for its authorization. */
  connectionTimeout(): number;
}

/** What the pool tells. */
export interface EvsePoolEvents {
  pluggedIn(): void;
  /** The session ended: what was asked for its car concerns nobody any more. */
  carLeft(evse: Evse): void;
  /** No transaction began in time; the identifier is already taken away. */
  authorizationUnused(evse: Evse, identifier: Identifier): void;
  /** Nobody authorized the car in time. */
  plugInTimedOut(evse: Evse): void;
  connectorsChanged(): void;
}

/** The EVSEs of the station as their session events show them, with the time limits of authorizations and plug-ins. */
export class EvsePool {
  readonly evses = new Map<number, Evse>();
  readonly #options: EvsePoolOptions;
  readonly #events: EvsePoolEvents;
  #plugIns: readonly number[] = [];

  constructor(options: EvsePoolOptions, events: EvsePoolEvents) {
    this.#options = options;
    this.#events = events;
  }

  /** EVSEs whose cars wait for an authorization, oldest first. */
  get plugIns(): readonly number[] {
    return this.#plugIns;
  }

  add(id: number, connectors: readonly { id: number; type?: ConnectorTypeEnum | undefined }[]): void {
    this.evses.set(id, createEvse(id, connectors));
  }

  /** The EVSEs that a token may be used at: those it names, else all; never one that is out of service. */
  referenced({ connectors }: ProvidedIdToken): Evse[] {
    const named = connectors?.flatMap((id) => this.evses.get(id) ?? []) ?? [...this.evses.values()];
    return named.filter((evse) => !isOutOfService(evse));
  }

  authorize(evse: Evse, identifier: Identifier): void {
    evse.identifier = identifier;
    this.#unqueue(evse);
    this.#startTimeout(evse, () => {
      this.release(evse);
      this.#events.authorizationUnused(evse, identifier);
    });
  }

  /** Takes the authorization away. */
  release(evse: Evse): void {
    evse.identifier = undefined;
    evse.timeout?.cancel();
  }

  onFault(evseId: number, connectorId: number, raised: boolean): void {
    if (this.#options.ignoreConnectorFaults) return;
    this.#feedConnector(evseId, connectorId, raised ? "FAULTED" : "ERROR_CLEARED");
  }

  onSessionEvent(evseId: number, { event, connector_id = 1, session_started }: SessionEvent): void {
    const evse = this.evses.get(evseId);
    if (!evse) return;
    switch (event) {
      case "SessionStarted":
        if (session_started?.reason === "EVConnected") this.#pluggedIn(evse);
        break;
      case "TransactionStarted":
        evse.pluggedIn = true;
        evse.transactionActive = true;
        evse.timeout?.cancel();
        this.#feedConnector(evseId, connector_id, "TRANSACTION_STARTED");
        break;
      case "TransactionFinished":
        evse.transactionActive = false;
        evse.identifier = undefined;
        break;
      case "Deauthorized":
        this.release(evse);
        break;
      case "SessionFinished":
        this.#sessionFinished(evse, connector_id);
        break;
      case "Enabled":
        this.#feedConnector(evseId, connector_id, "ENABLE");
        break;
      case "Disabled":
        this.#feedConnector(evseId, connector_id, "DISABLE");
        break;
    }
  }

  stop(): void {
    for (const { timeout } of this.evses.values()) timeout?.cancel();
  }

  #pluggedIn(evse: Evse): void {
    evse.pluggedIn = true;
    this.#plugIns = [...this.#plugIns, evse.id];
    if (this.#options.plugInTimeoutEnabled && this.evses.size > 1) {
      this.#startTimeout(evse, () => {
        evse.plugInTimedOut = true;
        this.#unqueue(evse);
        this.#events.plugInTimedOut(evse);
      });
    }
    this.#events.pluggedIn();
  }

  #sessionFinished(evse: Evse, connectorId: number): void {
    this.release(evse);
    evse.pluggedIn = false;
    evse.plugInTimedOut = false;
    evse.transactionActive = false;
    this.#unqueue(evse);
    this.#events.carLeft(evse);
    this.#feedConnector(evse.id, connectorId, "SESSION_FINISHED");
  }

  #feedConnector(evseId: number, connectorId: number, event: ConnectorEvent): void {
    const evse = this.evses.get(evseId);
    if (evse && feedConnector(evse, connectorId, event)) this.#events.connectorsChanged();
  }

  #unqueue(evse: Evse): void {
    this.#plugIns = this.#plugIns.filter((id) => id !== evse.id);
  }

  #startTimeout(evse: Evse, expired: () => void): void {
    evse.timeout?.cancel();
    evse.timeout = this.#options.clock.setTimer(this.#options.connectionTimeout() * 1000, expired);
  }
}
