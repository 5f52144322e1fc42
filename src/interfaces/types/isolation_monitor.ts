/** What an insulation monitor measures. */
import { z } from "zod";

/** Ohm to earth, and volt where it is measured. */
export const IsolationMeasurement = z.strictObject({
  resistance_F_Ohm: z.number(),
  voltage_V: z.number().exactOptional(),
  voltage_to_earth_l1e_V: z.number().exactOptional(),
  voltage_to_earth_l2e_V: z.number().exactOptional(),
});
export type IsolationMeasurement = z.infer<typeof IsolationMeasurement>;
