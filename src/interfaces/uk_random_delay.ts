import { z } from "zod";
import { defineInterface } from "../framework/interface.ts";
import { CountDown } from "./types/uk_random_delay.ts";

/** The random delay of the United Kingdom's smart charge point regulations, 2021. */
export const uk_random_delay = defineInterface({
  name: "uk_random_delay",
  cmds: {
    enable: { args: {}, result: z.null() },
    disable: { args: {}, result: z.null() },
    cancel: { args: {}, result: z.null() },
    set_duration_s: { args: { value: z.int() }, result: z.null() },
  },
  vars: {
    countdown: CountDown,
  },
});
