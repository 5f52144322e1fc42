import { z } from "zod";
import { defineInterface } from "../framework/interface.ts";
import { generic_errors } from "./errors/generic.ts";
import { macAddress } from "./scalars.ts";
import { State } from "./types/slac.ts";

/** The station's side of the SLAC matching (ISO 15118-3). */
export const slac = defineInterface({
  name: "slac",
  cmds: {
    reset: { args: { enable: z.boolean() }, result: z.null() },
    enter_bcd: { args: {}, result: z.null() },
    leave_bcd: { args: {}, result: z.null() },
    dlink_terminate: { args: {}, result: z.null() },
    dlink_error: { args: {}, result: z.null() },
    dlink_pause: { args: {}, result: z.null() },
  },
  vars: {
    state: State,
    dlink_ready: z.boolean(),
    request_error_routine: z.null(),
    ev_mac_address: macAddress,
  },
  errors: [...generic_errors],
});
