import type {
  Reservation,
  ReservationEndReason,
  ReservationResult,
  ReservationUpdateStatus,
} from "../../interfaces/types/reservation.ts";
import type { Clock } from "../../util/clock.ts";
import type { Logger } from "../../util/log.ts";
import type { Evse } from "./evse.ts";
import { Reservations, type StoredReservation } from "./reservations.ts";

export interface ReservationDeskPorts {
  readonly clock: Clock;
  readonly log: Logger;
  /** Marks an EVSE reserved; id -1 means: needed for a reservation of any EVSE. False when the EVSE refuses. */
  reserve(evseId: number, reservationId: number): Promise<boolean>;
  cancelReservation(evseId: number): Promise<unknown>;
  publishReservation(update: ReservationUpdateStatus): void;
  saveReservations(all: readonly StoredReservation[]): void;
}

/** Why a reservation ended, as the `reservation_update` variable says it; one that was used is not announced. */
const endings: Partial<Record<ReservationEndReason, ReservationUpdateStatus["reservation_status"]>> = {
  Expired: "Expired",
  Cancelled: "Removed",
};

/** Keeps the reservations and the EVSEs' idea of them in step. */
export class ReservationDesk {
  readonly book: Reservations;
  readonly #ports: ReservationDeskPorts;

  constructor(evses: ReadonlyMap<number, Evse>, ports: ReservationDeskPorts) {
    this.#ports = ports;
    this.book = new Reservations({
      clock: ports.clock,
      evses,
      ended: ({ evse_id, reservation_id, reason }) => {
        if (evse_id !== undefined) this.#release(evse_id);
        const reservation_status = endings[reason];
        if (reservation_status) ports.publishReservation({ reservation_id, reservation_status });
        this.#updateBlocked();
      },
      save: (all) => ports.saveReservations(all),
    });
  }

  /** `reserve_now`: accepted only when the EVSE takes it too. */
  async reserve(reservation: Reservation): Promise<ReservationResult> {
    const result = this.book.make(reservation);
    if (result !== "Accepted") return result;
    const { evse_id, reservation_id } = reservation;
    if (evse_id !== undefined && !(await this.#mark(evse_id, reservation_id))) {
      this.book.cancel(reservation_id);
      return "Rejected";
    }
    this.#ports.publishReservation({ reservation_id, reservation_status: "Placed" });
    this.#updateBlocked();
    return "Accepted";
  }

  /** `cancel_reservation`; the one who asks needs no `reservation_update`. */
  cancel(reservationId: number): boolean {
    const cancelled = this.book.cancel(reservationId);
    if (cancelled?.evse_id !== undefined) this.#release(cancelled.evse_id);
    if (cancelled) this.#updateBlocked();
    return cancelled !== undefined;
  }

  /** The token of the reservation has come. */
  used(reservationId: number): void {
    this.book.cancel(reservationId);
    this.#updateBlocked();
  }

  /** The EVSE gave the reservation up by itself, for example because of a fault. */
  endedAtEvse(evseId: number): void {
    this.book.cancelFor(evseId);
  }

  connectorsChanged(): void {
    this.book.endImpossible();
    this.#updateBlocked();
  }

  /** Makes the reservations of before a restart again; those that expired or find no place are announced as removed. */
  async restore(stored: readonly StoredReservation[]): Promise<void> {
    for (const { evse_id, reservation } of stored) {
      const again = evse_id === undefined ? reservation : { ...reservation, evse_id };
      if ((await this.reserve(again)) === "Accepted") continue;
      this.#ports.publishReservation({
        reservation_id: reservation.reservation_id,
        reservation_status: "Removed",
      });
    }
  }

  stop(): void {
    this.book.stop();
  }

  #updateBlocked(): void {
    const { blocked, released } = this.book.blockedChange();
    for (const evseId of blocked) void this.#mark(evseId, -1);
    for (const evseId of released) this.#release(evseId);
  }

  async #mark(evseId: number, reservationId: number): Promise<boolean> {
    try {
      return await this.#ports.reserve(evseId, reservationId);
    } catch (error) {
      this.#ports.log.error({ evse: evseId, error: String(error) }, "the EVSE did not take a reservation");
      return false;
    }
  }

  #release(evseId: number): void {
    this.#ports.cancelReservation(evseId).catch((error: unknown) => {
      this.#ports.log.error({ evse: evseId, error: String(error) }, "the EVSE did not end a reservation");
    });
  }
}
