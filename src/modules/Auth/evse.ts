import type { AuthorizationStatus, AuthorizationType, IdToken } from "../../interfaces/types/authorization.ts";
import type { ConnectorTypeEnum } from "../../interfaces/types/evse_manager.ts";
import type { Timer } from "../../util/clock.ts";
import {
  type ConnectorEvent,
  type ConnectorState,
  isOccupied,
  isUnavailable,
  nextConnectorState,
} from "./connector.ts";

/** The authorisation that an EVSE holds, from the accepted token until its transaction or session ends. */
export interface Identifier {
  readonly id_token: IdToken;
  readonly authorization_type: AuthorizationType;
  authorization_status: AuthorizationStatus;
  parent_id_token?: IdToken | undefined;
}

export interface Connector {
  readonly id: number;
  readonly type: ConnectorTypeEnum;
  state: ConnectorState;
}

/** What Auth knows of one EVSE. */
export interface Evse {
  readonly id: number;
  readonly connectors: readonly Connector[];
  identifier?: Identifier | undefined;
  pluggedIn: boolean;
  transactionActive: boolean;
  /** Nobody authorised the car in time; it has to be plugged in again. */
  plugInTimedOut: boolean;
  /** Runs out when an authorisation finds no transaction, or a plugged car no authorisation. */
  timeout?: Timer | undefined;
}

export function createEvse(
  id: number,
  connectors: readonly { id: number; type?: ConnectorTypeEnum | undefined }[],
): Evse {
  return {
    id,
    connectors: connectors.map(({ id, type = "Unknown" }) => ({ id, type, state: "AVAILABLE" })),
    pluggedIn: false,
    transactionActive: false,
    plugInTimedOut: false,
  };
}

/** A new authorisation can be used here. */
export function isAvailable(evse: Evse): boolean {
  return (
    !evse.plugInTimedOut &&
    evse.identifier === undefined &&
    !evse.connectors.some(({ state }) => isOccupied(state)) &&
    evse.connectors.some(({ state }) => state === "AVAILABLE")
  );
}

/** Every connector is taken out of service. */
export function isOutOfService(evse: Evse): boolean {
  return evse.connectors.every(({ state }) => isUnavailable(state));
}

/** Why {@link isAvailable} says no, for people. */
export function whyUnavailable(evse: Evse): string {
  if (isOutOfService(evse)) return `EVSE ${evse.id} is disabled`;
  if (evse.plugInTimedOut)
    return `EVSE ${evse.id} waited too long for an authorization; the car must be plugged in again`;
  if (evse.identifier !== undefined) return `EVSE ${evse.id} is already authorized for another token`;
  if (evse.connectors.some(({ state }) => isOccupied(state))) return `EVSE ${evse.id} is occupied by a transaction`;
  return `EVSE ${evse.id} reports a fault (evse_manager/Inoperative)`;
}

/** Feeds the state of connector `connectorId`. @returns whether that connector exists. */
export function feedConnector(evse: Evse, connectorId: number, event: ConnectorEvent): boolean {
  const connector = evse.connectors.find(({ id }) => id === connectorId);
  if (connector) connector.state = nextConnectorState(connector.state, event);
  return connector !== undefined;
}

/** Tokens are compared without regard to case (OCPP identifierString). */
export function sameText(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && a.toLowerCase() === b.toLowerCase();
}

export function sameToken(a: IdToken, b: IdToken): boolean {
  return a.type === b.type && sameText(a.value, b.value);
}
