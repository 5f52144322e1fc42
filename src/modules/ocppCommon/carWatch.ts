/**
 * One car, or one contract, at two EVSEs at once: two connections of which somebody holds one who is not the car (EVExchange,
 * Conti et al. 2022). An EVCCID is no secret and no proof, so nobody is refused for it; a contract in use is refused by Auth.
 * The operator is told of both. Neither type is of OCPP's own list, which has none for it.
 */
export const DUPLICATE_EVCCID = "DuplicateEVCCID";
export const DUPLICATE_CONTRACT = "DuplicateContract";

/** By EVSE: what is there once alone. */
class Whereabouts {
  readonly #at = new Map<number, string>();

  /** @returns false when it was known */
  put(evseId: number, what: string | undefined): boolean {
    if (this.#at.get(evseId) === what) return false;
    if (what === undefined) this.#at.delete(evseId);
    else this.#at.set(evseId, what);
    return true;
  }

  /** Another EVSE at which it is. */
  elsewhere(evseId: number, what: string): number | undefined {
    return [...this.#at].find(([other, found]) => other !== evseId && found === what)?.[0];
  }
}

export class CarWatch {
  readonly #cars = new Whereabouts();
  readonly #contracts = new Whereabouts();

  /**
   * What an EVSE knows of its car; undefined when it has none, or knows nothing of it.
   * @returns the EVSE at which the same car is plugged in already, when it has just come here
   */
  seen(evseId: number, evccId: string | undefined): number | undefined {
    const news = this.#cars.put(evseId, evccId);
    return news && evccId !== undefined ? this.#cars.elsewhere(evseId, evccId) : undefined;
  }

  /** A contract pays for the session at this EVSE. */
  pays(evseId: number, eMAID: string): void {
    this.#contracts.put(evseId, eMAID);
  }

  sessionOver(evseId: number): void {
    this.#contracts.put(evseId, undefined);
  }

  /** @returns the EVSE at which a contract pays that was refused here */
  refused(evseId: number, eMAID: string): number | undefined {
    return this.#contracts.elsewhere(evseId, eMAID);
  }
}
