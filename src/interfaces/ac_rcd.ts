import { z } from "zod";
import { defineInterface } from "../framework/interface.ts";
import { ac_rcd_errors } from "./errors/ac_rcd.ts";

/** Residual current monitoring of an AC outlet. */
export const ac_rcd = defineInterface({
  name: "ac_rcd",
  cmds: {
    self_test: { args: {}, result: z.null() },
    reset: { args: {}, result: z.boolean() },
  },
  vars: {
    rcd_current_mA: z.number(),
  },
  errors: [...ac_rcd_errors],
});
