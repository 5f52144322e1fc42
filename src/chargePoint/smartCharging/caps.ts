/** Limits of charging profiles, combined. */
import type { ChargingRateUnit } from "../../ocpp/v16/types.ts";

/** How much may flow. Current and power may both be bounded; the phases tell how one becomes the other. */
export interface Cap {
  readonly A?: number;
  readonly W?: number;
  readonly numberPhases?: number;
}

/** What turns a current into a power. */
export interface Supply {
  readonly voltage: number;
  /** Where a limit does not say on how many phases it is meant. */
  readonly numberPhases: number;
}

/** What both allow. */
export function lowest(one: Cap, other: Cap): Cap {
  return defined({
    A: least(one.A, other.A),
    W: least(one.W, other.W),
    numberPhases: least(one.numberPhases, other.numberPhases),
  });
}

/** The cap in one unit; undefined when it bounds nothing. */
export function inUnit(cap: Cap, unit: ChargingRateUnit, supply: Supply): number | undefined {
  const voltAll = supply.voltage * (cap.numberPhases ?? supply.numberPhases);
  if (unit === "W") return least(cap.W, cap.A === undefined ? undefined : cap.A * voltAll);
  return least(cap.A, cap.W === undefined ? undefined : cap.W / voltAll);
}

/** Without the keys that have no value. */
export function defined(cap: { readonly [K in keyof Cap]: Cap[K] | undefined }): Cap {
  return Object.fromEntries(Object.entries(cap).filter(([, value]) => value !== undefined));
}

function least(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.min(one, other);
}
