import { z } from "zod";
import { defineInterface } from "../framework/interface.ts";
import {
  Reservation,
  ReservationCheck,
  ReservationCheckStatus,
  ReservationResult,
  ReservationUpdateStatus,
} from "./types/reservation.ts";

/** Reservations of connectors. */
export const reservation = defineInterface({
  name: "reservation",
  cmds: {
    reserve_now: { args: { request: Reservation }, result: ReservationResult },
    cancel_reservation: { args: { reservation_id: z.int() }, result: z.boolean() },
    exists_reservation: { args: { request: ReservationCheck }, result: ReservationCheckStatus },
  },
  vars: {
    reservation_update: ReservationUpdateStatus,
  },
});
