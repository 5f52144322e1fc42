/** Energy prices over time. */
import { z } from "zod";
import { dateTime } from "../scalars.ts";

export const PricePerkWh = z.strictObject({
  timestamp: dateTime,
  value: z.number(),
  currency: z.string().min(3).max(3),
});
export type PricePerkWh = z.infer<typeof PricePerkWh>;

export const EnergyPriceSchedule = z.strictObject({
  schedule_import: z.array(PricePerkWh),
  schedule_export: z.array(PricePerkWh),
});
export type EnergyPriceSchedule = z.infer<typeof EnergyPriceSchedule>;
