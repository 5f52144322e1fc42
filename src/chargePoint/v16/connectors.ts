/** The connectors of OCPP 1.6: one number each over the whole station, from 1; 0 is the station itself (3.4). */
import type { EvsePort } from "../ports.ts";

export interface Connector {
  /** OCPP's connectorId. */
  readonly id: number;
  readonly evse: EvsePort;
  /** Its number at the EVSE, from 1. */
  readonly atEvse: number;
}

export class Connectors {
  /** In the order of their ids. */
  readonly all: readonly Connector[];

  constructor(evses: readonly EvsePort[]) {
    const places = evses.flatMap((evse) => evse.connectors.map((atEvse) => ({ evse, atEvse })));
    this.all = places.map((place, index) => ({ id: index + 1, ...place }));
  }

  get ids(): number[] {
    return this.all.map(({ id }) => id);
  }

  /** Undefined for 0 and for numbers that the station does not have. */
  get(id: number): Connector | undefined {
    return this.all[id - 1];
  }

  /** Whether `id` is the station or one of its connectors. */
  has(id: number): boolean {
    return id === 0 || this.get(id) !== undefined;
  }

  /** Those of an EVSE; 0 is all of it. */
  at(evseId: number, connectorId = 1): Connector[] {
    const ofEvse = this.all.filter(({ evse }) => evse.id === evseId);
    return connectorId === 0 ? ofEvse : ofEvse.filter(({ atEvse }) => atEvse === connectorId);
  }
}
