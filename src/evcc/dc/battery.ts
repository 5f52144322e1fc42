/** A battery as a charger sees it: what it takes at which state of charge, and when it is full. Pure. */
import type { DcNeeds } from "../car.ts";

/** Volt and ampere. */
export interface Point {
  readonly voltage: number;
  readonly current: number;
}

/** What a charger gives at most, and at least; volt, ampere, watt. */
export interface SupplyLimits {
  readonly maxVoltage: number;
  readonly maxCurrent: number;
  readonly maxPower: number;
  readonly minVoltage: number;
  readonly minCurrent: number;
}

/** Of the current before the bulk: what a battery still takes just before it is full. */
const TRICKLE = 0.1;
const HOUR_S = 3600;

/** Percent after `seconds` at this point. */
export function charged(soc: number, { capacity }: DcNeeds, { voltage, current }: Point, seconds: number): number {
  const gained = (voltage * current * seconds) / HOUR_S / capacity;
  return Math.min(100, soc + 100 * gained);
}

export function isFull(soc: number, { fullSoc }: DcNeeds): boolean {
  return soc >= fullSoc;
}

/** What the battery wants: the full current until the bulk is in it, from there on ever less. */
export function wanted(soc: number, of: DcNeeds): Point {
  const { fullSoc, bulkSoc, targetVoltage, targetCurrent, maxCurrent, maxPower, maxVoltage } = of;
  const voltage = Math.min(targetVoltage, maxVoltage);
  if (isFull(soc, of)) return { voltage, current: 0 };
  const rest = fullSoc > bulkSoc ? Math.min(1, (fullSoc - soc) / (fullSoc - bulkSoc)) : 1;
  const share = TRICKLE + (1 - TRICKLE) * rest;
  return { voltage, current: Math.min(targetCurrent * share, maxCurrent, maxPower / voltage) };
}

/** As much of it as the charger gives. */
export function within({ voltage, current }: Point, limits: SupplyLimits | undefined): Point {
  if (!limits) return { voltage, current };
  const possible = Math.min(voltage, limits.maxVoltage);
  const byPower = possible > 0 ? limits.maxPower / possible : current;
  return { voltage: possible, current: Math.max(0, Math.min(current, limits.maxCurrent, byPower)) };
}

/** Seconds at this point until the battery has `percent`; undefined while nothing flows. */
export function secondsTo(percent: number, soc: number, { capacity }: DcNeeds, at: Point): number | undefined {
  if (soc >= percent) return 0;
  const power = at.voltage * at.current;
  return power > 0 ? Math.round((((percent - soc) / 100) * capacity * HOUR_S) / power) : undefined;
}
