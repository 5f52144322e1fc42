import { z } from "zod";
import { defineInterface } from "../framework/interface.ts";
import { over_voltage_monitor_errors } from "./errors/over_voltage_monitor.ts";

/** Over-voltage protection of a DC output. */
export const over_voltage_monitor = defineInterface({
  name: "over_voltage_monitor",
  cmds: {
    set_limits: {
      args: { emergency_over_voltage_limit_V: z.number(), error_over_voltage_limit_V: z.number() },
      result: z.null(),
    },
    start: { args: {}, result: z.null() },
    stop: { args: {}, result: z.null() },
    reset_over_voltage_error: { args: {}, result: z.null() },
  },
  vars: {
    voltage_measurement_V: z.number(),
  },
  errors: [...over_voltage_monitor_errors],
});
