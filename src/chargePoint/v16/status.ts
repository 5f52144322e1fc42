/**
 * The status of one connector (OCPP 1.6, 4.9): which event leads from which status to which, and what the CSMS hears of it.
 * Pure: every function takes a status and gives the next with what is to be told. Transitions are those of EVerest.
 */
import type { ChargePointErrorCode, ChargePointStatus } from "../../ocpp/v16/types.ts";

/** Faulted is no status of its own: it lies over the others while there is a fault. */
export type State = Exclude<ChargePointStatus, "Faulted">;

export type StatusEvent =
  | "UsageInitiated"
  | "StartCharging"
  | "PauseChargingEV"
  | "PauseChargingEVSE"
  | "ReserveConnector"
  | "ReservationEnd"
  | "TransactionStoppedAndUserActionRequired"
  | "ChangeAvailabilityToUnavailable"
  | "BecomeAvailable";

type Transitions = { readonly [S in State]: { readonly [E in StatusEvent]?: State } };

const pauses = { PauseChargingEV: "SuspendedEV", PauseChargingEVSE: "SuspendedEVSE" } as const;
const flows = { StartCharging: "Charging", ...pauses } as const;
const ends = {
  BecomeAvailable: "Available",
  TransactionStoppedAndUserActionRequired: "Finishing",
  ChangeAvailabilityToUnavailable: "Unavailable",
} as const;

export const transitions: Transitions = {
  Available: {
    UsageInitiated: "Preparing",
    ...flows,
    ReserveConnector: "Reserved",
    ChangeAvailabilityToUnavailable: "Unavailable",
  },
  Preparing: { BecomeAvailable: "Available", ...flows, TransactionStoppedAndUserActionRequired: "Finishing" },
  Charging: { ...pauses, ...ends },
  SuspendedEV: { StartCharging: "Charging", PauseChargingEVSE: "SuspendedEVSE", ...ends },
  // Its own successor: the reason may have changed.
  SuspendedEVSE: { ...flows, ...ends },
  Finishing: {
    BecomeAvailable: "Available",
    UsageInitiated: "Preparing",
    ChangeAvailabilityToUnavailable: "Unavailable",
  },
  Reserved: {
    BecomeAvailable: "Available",
    UsageInitiated: "Preparing",
    ReservationEnd: "Available",
    ChangeAvailabilityToUnavailable: "Unavailable",
  },
  Unavailable: { BecomeAvailable: "Available", UsageInitiated: "Preparing", ...flows },
};

/** The station itself, connector 0. */
export const stationTransitions: Transitions = {
  ...(Object.fromEntries(Object.keys(transitions).map((state) => [state, {}])) as unknown as Transitions),
  Available: { ChangeAvailabilityToUnavailable: "Unavailable" },
  Unavailable: { BecomeAvailable: "Available" },
};

/** An error that is active. */
export interface ActiveError {
  readonly uuid: string;
  readonly errorCode: ChargePointErrorCode;
  /** No energy can be delivered. */
  readonly isFault: boolean;
  readonly info?: string;
  readonly vendorId?: string;
  readonly vendorErrorCode?: string;
}

export interface ConnectorStatus {
  readonly state: State;
  /** In the order in which they came. */
  readonly errors: readonly ActiveError[];
  /** Why the EVSE suspends. */
  readonly suspendReason?: string;
  /** What was told last. */
  readonly toldInfo?: string;
}

/** What a StatusNotification says. */
export interface StatusReport {
  readonly status: ChargePointStatus;
  readonly errorCode: ChargePointErrorCode;
  readonly info?: string;
  readonly vendorId?: string;
  readonly vendorErrorCode?: string;
}

export interface StatusStep {
  readonly status: ConnectorStatus;
  readonly report?: StatusReport;
}

export const idle: ConnectorStatus = { state: "Available", errors: [] };

export function visibleState({ state, errors }: ConnectorStatus): ChargePointStatus {
  return errors.some(({ isFault }) => isFault) ? "Faulted" : state;
}

/** An event without a transition changes nothing; while there is a fault the status moves unseen. */
export function onEvent(status: ConnectorStatus, event: StatusEvent, table: Transitions, info?: string): StatusStep {
  const state = table[status.state][event];
  if (!state || (state === status.state && info === status.toldInfo)) return { status };
  const { errors } = status;
  const reason = state === "SuspendedEVSE" && info !== undefined ? { suspendReason: info } : {};
  const moved: ConnectorStatus = { state, errors, ...reason };
  if (visibleState(moved) === "Faulted") {
    return { status: { ...moved, ...(status.toldInfo === undefined ? {} : { toldInfo: status.toldInfo }) } };
  }
  const { errorCode = "NoError", vendorId, vendorErrorCode } = errors.at(-1) ?? {};
  return told(moved, {
    status: state,
    errorCode,
    ...(info === undefined ? {} : { info }),
    ...(vendorId === undefined ? {} : { vendorId }),
    ...(vendorErrorCode === undefined ? {} : { vendorErrorCode }),
  });
}

export function onError(status: ConnectorStatus, error: ActiveError): StatusStep {
  if (status.errors.some(({ uuid }) => uuid === error.uuid)) return { status };
  const failing = { ...status, errors: [...status.errors, error] };
  return told(failing, reportOf(failing));
}

/** @param reportCleared tell which error was resolved (ReportClearedErrors), also while another fault is active. */
export function onErrorCleared(status: ConnectorStatus, uuid: string, reportCleared: boolean): StatusStep {
  const cleared = status.errors.find((error) => error.uuid === uuid);
  if (!cleared) return { status };
  const better = { ...status, errors: status.errors.filter((error) => error !== cleared) };
  if (!reportCleared) return visibleState(better) === "Faulted" ? { status: better } : told(better, reportOf(better));
  const { vendorId, vendorErrorCode } = cleared;
  return told(better, {
    status: visibleState(better),
    errorCode: better.errors.at(-1)?.errorCode ?? "NoError",
    ...(vendorErrorCode === undefined ? {} : { info: `${vendorErrorCode} resolved`, vendorErrorCode }),
    ...(vendorId === undefined ? {} : { vendorId }),
  });
}

/** The status as it is, with the latest error; for a suspension by the EVSE `withReason` adds why. */
export function reportOf(status: ConnectorStatus, withReason = false): StatusReport {
  const {
    uuid: _uuid,
    isFault: _isFault,
    ...error
  } = status.errors.at(-1) ?? {
    uuid: "",
    isFault: false,
    errorCode: "NoError" as const,
  };
  const { suspendReason } = status;
  const reason = withReason && status.errors.length === 0 && suspendReason !== undefined ? { info: suspendReason } : {};
  return { status: visibleState(status), ...error, ...reason };
}

function told({ toldInfo: _, ...status }: ConnectorStatus, report: StatusReport): StatusStep {
  return { status: { ...status, ...(report.info === undefined ? {} : { toldInfo: report.info }) }, report };
}
