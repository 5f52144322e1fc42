/** The reservation that Auth has placed on this EVSE. Pure. */

/** `id` is absent when the EVSE is only needed for a reservation of any EVSE. */
export type EvseReservation = { readonly id?: number } | undefined;

/**
 * @param id negative: needed for a reservation of any EVSE.
 * @returns the reservation, and whether it is news; undefined when the EVSE is reserved already for somebody else.
 */
export function reserve(
  present: EvseReservation,
  id: number,
): { reservation: EvseReservation; isNew: boolean } | undefined {
  if (present?.id !== undefined && present.id !== id) return undefined;
  const same = present !== undefined && present.id === id;
  return { reservation: id < 0 ? { ...present } : { id }, isNew: !same };
}
