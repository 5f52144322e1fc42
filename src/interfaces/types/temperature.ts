/** Temperatures. */
import { z } from "zod";

/** Degrees Celsius, and where. */
export const Temperature = z.strictObject({
  temperature: z.number(),
  identification: z.string().exactOptional(),
  location: z.string().exactOptional(),
});
export type Temperature = z.infer<typeof Temperature>;
