/** ISO 15118-2, 8.5.2.7: numbers with a unit, a 16-bit integer times a power of ten from 10^-3 to 10^3. */
import { InternalError } from "../util/errors.ts";
import type { PhysicalValue } from "./iso2/index.ts";

export type UnitSymbol = PhysicalValue["Unit"];

const LIMIT = 2 ** 15 - 1;

/** `Value` itself where it is a small integer, else with as few decimals as it has, else rounded to what fits best. */
export function physicalValue(value: number, Unit: UnitSymbol): PhysicalValue {
  const scaled = (Multiplier: number) => Number((value / 10 ** Multiplier).toPrecision(12));
  const fits = (Multiplier: number) => Math.abs(scaled(Multiplier)) <= LIMIT;
  const exact = [0, -1, -2, -3, 1, 2, 3].find((m) => fits(m) && Number.isInteger(scaled(m)));
  const Multiplier = exact ?? [-3, -2, -1, 0, 1, 2, 3].find(fits);
  if (Multiplier === undefined) throw new InternalError(`${value} ${Unit} is no physical value of ISO 15118-2`);
  return { Multiplier, Unit, Value: Math.round(scaled(Multiplier)) };
}

/** The number in `Unit`. */
export function plainValue({ Multiplier, Value }: Pick<PhysicalValue, "Multiplier" | "Value">): number {
  return Number((Value * 10 ** Multiplier).toPrecision(12));
}
