/** The state of a running random delay. */
import { z } from "zod";
import { dateTime } from "../scalars.ts";

/** Seconds left, and the ampere before and after. */
export const CountDown = z.strictObject({
  countdown_s: z.int(),
  current_limit_after_delay_A: z.number(),
  current_limit_during_delay_A: z.number(),
  start_time: dateTime.exactOptional(),
});
export type CountDown = z.infer<typeof CountDown>;
