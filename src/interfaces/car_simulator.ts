import { z } from "zod";
import { defineInterface } from "../framework/interface.ts";

/** Control of a simulated car by a script. */
export const car_simulator = defineInterface({
  name: "car_simulator",
  cmds: {
    enable: { args: { value: z.boolean() }, result: z.null() },
    execute_charging_session: { args: { value: z.string() }, result: z.null() },
  },
  vars: {
    enabled: z.boolean(),
  },
});
