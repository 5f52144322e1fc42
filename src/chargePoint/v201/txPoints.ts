/** When an OCPP transaction starts and stops: TxCtrlr.TxStartPoint and TxStopPoint (OCPP 2.0.1 part 2, E01, E06; EVerest's reading). */

/** What holds at an EVSE. */
export interface TxFacts {
  readonly connected: boolean;
  readonly authorized: boolean;
  readonly energyFlows: boolean;
  /** A signed meter value was there when the transaction started. */
  readonly dataSigned: boolean;
}

export const nothingHolds: TxFacts = { connected: false, authorized: false, energyFlows: false, dataSigned: false };

export const txPoints = ["EVConnected", "Authorized", "PowerPathClosed", "EnergyTransfer", "DataSigned"] as const;
export type TxPoint = (typeof txPoints)[number];

const conditions: Readonly<Record<TxPoint, (facts: TxFacts) => boolean>> = {
  EVConnected: (facts) => facts.connected,
  Authorized: (facts) => facts.authorized,
  PowerPathClosed: (facts) => facts.connected && facts.authorized,
  EnergyTransfer: (facts) => facts.energyFlows,
  DataSigned: (facts) => facts.dataSigned,
};

/** The first point that is reached starts the transaction. */
export function starts(points: readonly TxPoint[], facts: TxFacts): boolean {
  return points.some((point) => conditions[point](facts));
}

/** The first point that is lost stops it; one that was never reached cannot be lost. */
export function stops(points: readonly TxPoint[], before: TxFacts, after: TxFacts): boolean {
  return points.some((point) => conditions[point](before) && !conditions[point](after));
}

/** The points among `names`; `fallback` when there is none, as EVerest does. */
export function pointsOf(names: readonly string[] | undefined, fallback: readonly TxPoint[]): readonly TxPoint[] {
  const points = txPoints.filter((point) => names?.includes(point));
  return points.length > 0 ? points : fallback;
}
