/** Energy prices over time. */
import { z } from "zod";
import { dateTime } from "../scalars.ts";

/** The price of a kWh from `timestamp` until the next one, in an ISO 4217 currency. */
export const PricePerkWh = z.strictObject({
  timestamp: dateTime,
  value: z.number(),
  currency: z.string().min(3).max(3),
});
export type PricePerkWh = z.infer<typeof PricePerkWh>;

/** Prices of energy from the grid (import) and to it (export). */
export const EnergyPriceSchedule = z.strictObject({
  schedule_import: z.array(PricePerkWh),
  schedule_export: z.array(PricePerkWh),
});
export type EnergyPriceSchedule = z.infer<typeof EnergyPriceSchedule>;
