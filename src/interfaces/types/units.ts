/** Measured quantities by phase; the unit is in the comment of each. */
import { z } from "zod";

/** Ampere. */
export const Current = z.strictObject({
  DC: z.number().exactOptional(),
  L1: z.number().exactOptional(),
  L2: z.number().exactOptional(),
  L3: z.number().exactOptional(),
  N: z.number().exactOptional(),
});
export type Current = z.infer<typeof Current>;

/** Volt. */
export const Voltage = z.strictObject({
  DC: z.number().exactOptional(),
  L1: z.number().exactOptional(),
  L2: z.number().exactOptional(),
  L3: z.number().exactOptional(),
});
export type Voltage = z.infer<typeof Voltage>;

/** Hertz. */
export const Frequency = z.strictObject({
  L1: z.number(),
  L2: z.number().exactOptional(),
  L3: z.number().exactOptional(),
});
export type Frequency = z.infer<typeof Frequency>;

/** Watt. */
export const Power = z.strictObject({
  total: z.number(),
  L1: z.number().exactOptional(),
  L2: z.number().exactOptional(),
  L3: z.number().exactOptional(),
});
export type Power = z.infer<typeof Power>;

/** Wh. */
export const Energy = z.strictObject({
  total: z.number(),
  L1: z.number().exactOptional(),
  L2: z.number().exactOptional(),
  L3: z.number().exactOptional(),
});
export type Energy = z.infer<typeof Energy>;

/** var. */
export const ReactivePower = z.strictObject({
  total: z.number(),
  L1: z.number().exactOptional(),
  L2: z.number().exactOptional(),
  L3: z.number().exactOptional(),
});
export type ReactivePower = z.infer<typeof ReactivePower>;
