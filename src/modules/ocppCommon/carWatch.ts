/**
 * One car at two EVSEs at once is two connections of which somebody holds one who is not the car (EVExchange, Conti et al.
 * 2022). An EVCCID is no secret and no proof, so nobody is refused for it: the operator is told.
 */

/** Not one of the standard's list: OCPP has no type for it. */
export const DUPLICATE_EVCCID = "DuplicateEVCCID";

export class CarWatch {
  /** EVCCIDs by EVSE. */
  readonly #cars = new Map<number, string>();

  /**
   * What an EVSE knows of its car; undefined when it has none, or knows nothing of it.
   * @returns the EVSE at which the same car is plugged in already, when it has just come here
   */
  seen(evseId: number, evccId: string | undefined): number | undefined {
    const before = this.#cars.get(evseId);
    if (evccId === undefined) this.#cars.delete(evseId);
    if (evccId === undefined || before === evccId) return undefined;
    this.#cars.set(evseId, evccId);
    return [...this.#cars].find(([other, car]) => other !== evseId && car === evccId)?.[0];
  }
}
