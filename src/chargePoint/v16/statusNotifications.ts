/** Tells the CSMS of the status of the station and of each connector (OCPP 1.6, 4.9). */
import type { ErrorReport } from "../../framework/errors.ts";
import type { SessionEvent } from "../../interfaces/types/evse_manager.ts";
import type { ChargePointStatus } from "../../ocpp/v16/types.ts";
import { isoTime, type Timer } from "../../util/clock.ts";
import type { Block, Core } from "./core.ts";
import { toActiveError } from "./errorCodes.ts";
import type { Notices } from "./notices.ts";
import {
  type ConnectorStatus,
  idle,
  onError,
  onErrorCleared,
  onEvent,
  reportOf,
  type StatusEvent,
  type StatusReport,
  type StatusStep,
  stationTransitions,
  transitions,
  visibleState,
} from "./status.ts";

const STATION = 0;

export class StatusNotifications implements Block {
  readonly #core: Core;
  readonly #notices: Notices;
  readonly #statuses: Map<number, ConnectorStatus>;
  /** Reports that wait until their status has lasted (MinimumStatusDuration). */
  readonly #waiting = new Map<number, Timer>();

  constructor(core: Core, notices: Notices) {
    this.#core = core;
    this.#notices = notices;
    this.#statuses = new Map([STATION, ...core.connectors.ids].map((id) => [id, idle]));
  }

  /** After a boot and after every loss of the connection the CSMS hears of all. */
  online(): void {
    for (const id of this.#statuses.keys()) this.tell(id);
  }

  stop(): void {
    for (const timer of this.#waiting.values()) timer.cancel();
    this.#waiting.clear();
  }

  of(connectorId: number): ChargePointStatus {
    return visibleState(this.#status(connectorId));
  }

  /** Sends the status as it is. */
  tell(connectorId: number): void {
    const withReason = this.#core.config.value("ReportSuspendedEVSEReasonChange");
    this.#send(connectorId, reportOf(this.#status(connectorId), withReason));
  }

  onEvent(connectorId: number, event: StatusEvent, info?: string): void {
    const table = connectorId === STATION ? stationTransitions : transitions;
    this.#take(connectorId, onEvent(this.#status(connectorId), event, table, info));
  }

  onSessionEvent(connectorId: number, event: SessionEvent): void {
    const meaning = this.#meaningOf(connectorId, event);
    if (meaning) this.onEvent(connectorId, meaning.event, meaning.info);
  }

  /** @param connectorId 0 for an error of the station. */
  onError(connectorId: number, error: ErrorReport): void {
    const status = this.#status(connectorId);
    const step =
      error.state === "Active"
        ? onError(status, toActiveError(error))
        : onErrorCleared(status, error.uuid, this.#core.config.value("ReportClearedErrors") === true);
    this.#take(connectorId, step);
  }

  #status(connectorId: number): ConnectorStatus {
    return this.#statuses.get(connectorId) ?? idle;
  }

  #take(connectorId: number, { status, report }: StatusStep): void {
    this.#statuses.set(connectorId, status);
    if (report) this.#sendWhenLasting(connectorId, report);
  }

  #meaningOf(connectorId: number, event: SessionEvent): { event: StatusEvent; info?: string } | undefined {
    const state = this.of(connectorId);
    switch (event.event) {
      case "Enabled":
        return { event: "BecomeAvailable" };
      case "Disabled":
        return { event: "ChangeAvailabilityToUnavailable" };
      case "SessionStarted": {
        const reason = event.session_started?.reason ?? "EVConnected";
        // A car that stops at a reserved outlet has not used it yet.
        return state === "Reserved" && reason !== "Authorized" ? undefined : { event: "UsageInitiated", info: reason };
      }
      case "TransactionStarted":
        return state === "Reserved" ? { event: "UsageInitiated" } : undefined;
      case "ChargingStarted":
        return { event: "StartCharging" };
      case "ChargingPausedEV":
        return { event: "PauseChargingEV" };
      case "ChargingPausedEVSE":
        return this.#pausedByEvse(state);
      case "SwitchingPhases":
        return this.#pausedByEvse(state, "SwitchingPhases");
      case "TransactionFinished":
        return event.transaction_finished?.reason === "EVDisconnected"
          ? undefined
          : { event: "TransactionStoppedAndUserActionRequired" };
      case "PluginTimeout":
        return { event: "TransactionStoppedAndUserActionRequired", info: "ConnectionTimeout" };
      case "SessionFinished":
        return state === "Reserved" || state === "Unavailable" ? undefined : { event: "BecomeAvailable" };
      case "ReservationStart":
        return { event: "ReserveConnector" };
      case "ReservationEnd":
        return { event: "ReservationEnd" };
      default:
        return undefined;
    }
  }

  #pausedByEvse(state: ChargePointStatus, info?: string): { event: StatusEvent; info?: string } | undefined {
    if (state === "SuspendedEVSE" && !this.#core.config.value("ReportSuspendedEVSEReasonChange")) return undefined;
    return { event: "PauseChargingEVSE", ...(info === undefined ? {} : { info }) };
  }

  #sendWhenLasting(connectorId: number, report: StatusReport): void {
    const seconds = this.#core.config.value("MinimumStatusDuration") ?? 0;
    this.#waiting.get(connectorId)?.cancel();
    this.#waiting.delete(connectorId);
    // An error cannot wait.
    if (seconds === 0 || report.errorCode !== "NoError") {
      this.#send(connectorId, report);
      return;
    }
    const timer = this.#core.clock.setTimer(seconds * 1000, () => {
      this.#waiting.delete(connectorId);
      this.#send(connectorId, report);
    });
    this.#waiting.set(connectorId, timer);
  }

  #send(connectorId: number, report: StatusReport): void {
    this.#notices.send("StatusNotification", { connectorId, ...report, timestamp: isoTime(this.#core.clock.now()) });
  }
}
