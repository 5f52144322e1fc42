/** Measured quantities, each with the meter's signature. */
import { z } from "zod";
import { dateTime } from "../scalars.ts";

/** What the meter signed, and how to check it. */
export const SignedMeterValue = z.strictObject({
  signed_meter_data: z.string(),
  signing_method: z.string(),
  encoding_method: z.string(),
  public_key: z.string().exactOptional(),
  timestamp: dateTime.exactOptional(),
});
export type SignedMeterValue = z.infer<typeof SignedMeterValue>;

/** Ampere. */
export const Current = z.strictObject({
  DC: SignedMeterValue.exactOptional(),
  L1: SignedMeterValue.exactOptional(),
  L2: SignedMeterValue.exactOptional(),
  L3: SignedMeterValue.exactOptional(),
  N: SignedMeterValue.exactOptional(),
});
export type Current = z.infer<typeof Current>;

/** Volt. */
export const Voltage = z.strictObject({
  DC: SignedMeterValue.exactOptional(),
  L1: SignedMeterValue.exactOptional(),
  L2: SignedMeterValue.exactOptional(),
  L3: SignedMeterValue.exactOptional(),
});
export type Voltage = z.infer<typeof Voltage>;

/** Hertz. */
export const Frequency = z.strictObject({
  L1: SignedMeterValue.exactOptional(),
  L2: SignedMeterValue.exactOptional(),
  L3: SignedMeterValue.exactOptional(),
});
export type Frequency = z.infer<typeof Frequency>;

/** Watt. */
export const Power = z.strictObject({
  total: SignedMeterValue.exactOptional(),
  L1: SignedMeterValue.exactOptional(),
  L2: SignedMeterValue.exactOptional(),
  L3: SignedMeterValue.exactOptional(),
});
export type Power = z.infer<typeof Power>;

/** Wh. */
export const Energy = z.strictObject({
  total: SignedMeterValue.exactOptional(),
  L1: SignedMeterValue.exactOptional(),
  L2: SignedMeterValue.exactOptional(),
  L3: SignedMeterValue.exactOptional(),
});
export type Energy = z.infer<typeof Energy>;

/** var. */
export const ReactivePower = z.strictObject({
  total: SignedMeterValue.exactOptional(),
  L1: SignedMeterValue.exactOptional(),
  L2: SignedMeterValue.exactOptional(),
  L3: SignedMeterValue.exactOptional(),
});
export type ReactivePower = z.infer<typeof ReactivePower>;
