/** Reservations and their outcomes. */
import { z } from "zod";
import { dateTime } from "../scalars.ts";
import { ConnectorTypeEnum } from "./evse_manager.ts";

/** Whether something was reserved, or why not. */
export const ReservationResult = z.enum(["Accepted", "Faulted", "Occupied", "Rejected", "Unavailable"]);
export type ReservationResult = z.infer<typeof ReservationResult>;

/** A reservation until `expiry_time`, of an EVSE or, without one, of any. */
export const Reservation = z.strictObject({
  evse_id: z.int().exactOptional(),
  reservation_id: z.int(),
  id_token: z.string(),
  expiry_time: dateTime,
  parent_id_token: z.string().exactOptional(),
  connector_type: ConnectorTypeEnum.exactOptional(),
});
export type Reservation = z.infer<typeof Reservation>;

/** How a reservation ended. */
export const ReservationEndReason = z.enum([
  "Expired",
  "Cancelled",
  "UsedToStartCharging",
  "GlobalReservationRequirementDropped",
]);
export type ReservationEndReason = z.infer<typeof ReservationEndReason>;

/** Which one ended how. */
export const ReservationEnd = z.strictObject({
  reason: ReservationEndReason,
  reservation_id: z.int(),
});
export type ReservationEnd = z.infer<typeof ReservationEnd>;

/** Whether an EVSE is reserved for a token. */
export const ReservationCheckStatus = z.enum([
  "NotReserved",
  "ReservedForToken",
  "ReservedForOtherToken",
  "ReservedForOtherTokenAndHasParentToken",
]);
export type ReservationCheckStatus = z.infer<typeof ReservationCheckStatus>;

/** The EVSE and the token that are asked about. */
export const ReservationCheck = z.strictObject({
  evse_id: z.int().exactOptional(),
  id_token: z.string(),
  group_id_token: z.string().exactOptional(),
});
export type ReservationCheck = z.infer<typeof ReservationCheck>;

/** What became of a reservation. */
export const ReservationUpdateStatus = z.strictObject({
  reservation_id: z.int(),
  reservation_status: z.enum(["Expired", "Removed", "Placed", "Cancelled", "Used"]),
});
export type ReservationUpdateStatus = z.infer<typeof ReservationUpdateStatus>;
