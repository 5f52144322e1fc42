import { z } from "zod";
import { defineInterface } from "../framework/interface.ts";
import { isolation_monitor_errors } from "./errors/isolation_monitor.ts";
import { IsolationMeasurement } from "./types/isolation_monitor.ts";

/** Insulation monitoring of a DC output (IEC 61851-23). */
export const isolation_monitor = defineInterface({
  name: "isolation_monitor",
  cmds: {
    start: { args: {}, result: z.null() },
    stop: { args: {}, result: z.null() },
    start_self_test: { args: { test_voltage_V: z.number() }, result: z.null() },
  },
  vars: {
    isolation_measurement: IsolationMeasurement,
    self_test_result: z.boolean(),
  },
  errors: [...isolation_monitor_errors],
});
