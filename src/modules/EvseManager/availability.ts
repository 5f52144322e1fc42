import type { EnableDisableSource } from "../../interfaces/types/evse_manager.ts";
import type { ChargerEvent, ChargerState, SessionNews } from "./charger/model.ts";
import { EnableTable, onByDefault } from "./enableTable.ts";
import { type EvseReservation, reserve } from "./reservation.ts";

export interface AvailabilityPorts {
  state(): ChargerState;
  feed(event: ChargerEvent): void;
  tell(news: SessionNews): void;
}

/** Whether the EVSE is there for cars at all: switched on, and not reserved. */
export class Availability {
  readonly #ports: AvailabilityPorts;
  readonly #table = new EnableTable();
  #reservation: EvseReservation;
  #switchedBy = { source: onByDefault, connectorMeant: false };

  constructor(ports: AvailabilityPorts) {
    this.#ports = ports;
  }

  get enabled(): boolean {
    return this.#table.enabled;
  }

  /** Who switched the EVSE on or off last. */
  get switchedBy(): { readonly source: EnableDisableSource; readonly connectorMeant: boolean } {
    return this.#switchedBy;
  }

  get reservationId(): number | undefined {
    return this.#reservation?.id;
  }

  /**
   * @param connectorId 0 = the whole EVSE; it has one connector, so both mean the same.
   * @returns whether the EVSE is enabled now; a source of higher priority may want something else.
   */
  enableDisable(connectorId: number, source: EnableDisableSource): boolean {
    const before = this.#table.enabled;
    this.#table.set(source);
    const { enabled, decider } = this.#table;
    this.#switchedBy = { source: decider, connectorMeant: connectorId !== 0 };
    if (enabled === before) return enabled;
    if (enabled) this.#ports.tell({ event: "Enabled" });
    this.#ports.feed({ type: enabled ? "enable" : "disable" });
    return enabled;
  }

  /** @param id negative: needed for a reservation of any EVSE. @returns false when the EVSE cannot be reserved. */
  reserve(id: number): boolean {
    const { name, fault } = this.#ports.state();
    if (name !== "Idle" || fault !== "none") return false;
    const reserved = reserve(this.#reservation, id);
    if (!reserved) return false;
    this.#reservation = reserved.reservation;
    if (reserved.isNew) this.#ports.tell({ event: "ReservationStart" });
    return true;
  }

  /** The token just accepted brings its reservation, which may have been for any EVSE. */
  useReservation(id: number): void {
    this.#reservation = { id };
  }

  /** A session uses the reservation up; an EVSE that is switched off cannot keep it. */
  hear(news: SessionNews): void {
    const used = news.event === "SessionStarted" && news.reason === "Authorized";
    if (used || news.event === "TransactionStarted") this.#reservation = undefined;
    if (news.event === "Disabled") this.cancelReservation();
  }

  cancelReservation(): void {
    if (!this.#reservation) return;
    this.#reservation = undefined;
    this.#ports.tell({ event: "ReservationEnd" });
  }
}
