/** What a connector can be used for, as the reservation and selection rules see it. */
export type ConnectorState =
  | "AVAILABLE"
  | "UNAVAILABLE"
  | "FAULTED"
  | "OCCUPIED"
  | "UNAVAILABLE_FAULTED"
  | "FAULTED_OCCUPIED";

export type ConnectorEvent =
  | "ENABLE"
  | "DISABLE"
  | "FAULTED"
  | "ERROR_CLEARED"
  | "TRANSACTION_STARTED"
  | "SESSION_FINISHED";

type Row = Partial<Record<ConnectorEvent, ConnectorState>>;

/** An event without an entry changes nothing; so a connector in use is disabled only after its session. */
const transitions: Record<ConnectorState, Row> = {
  AVAILABLE: { TRANSACTION_STARTED: "OCCUPIED", DISABLE: "UNAVAILABLE", FAULTED: "FAULTED" },
  UNAVAILABLE: { ENABLE: "AVAILABLE", FAULTED: "UNAVAILABLE_FAULTED" },
  FAULTED: { ERROR_CLEARED: "AVAILABLE", DISABLE: "UNAVAILABLE_FAULTED" },
  OCCUPIED: { SESSION_FINISHED: "AVAILABLE", FAULTED: "FAULTED_OCCUPIED" },
  FAULTED_OCCUPIED: { ERROR_CLEARED: "OCCUPIED", SESSION_FINISHED: "FAULTED" },
  UNAVAILABLE_FAULTED: { ENABLE: "FAULTED", ERROR_CLEARED: "UNAVAILABLE" },
};

/** The connector's state after `event`. */
export function nextConnectorState(state: ConnectorState, event: ConnectorEvent): ConnectorState {
  return transitions[state][event] ?? state;
}

/** A car's session uses the connector. */
export function isOccupied(state: ConnectorState): boolean {
  return state === "OCCUPIED" || state === "FAULTED_OCCUPIED";
}

/** Taken out of service by an operator, faulted or not. */
export function isUnavailable(state: ConnectorState): boolean {
  return state === "UNAVAILABLE" || state === "UNAVAILABLE_FAULTED";
}
