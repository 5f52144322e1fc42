import { z } from "zod";
import { defineInterface } from "../framework/interface.ts";
import { generic_errors } from "./errors/generic.ts";
import { macAddress } from "./scalars.ts";
import { State } from "./types/slac.ts";

/** The car's side of the SLAC matching (ISO 15118-3). */
export const ev_slac = defineInterface({
  name: "ev_slac",
  cmds: {
    reset: { args: {}, result: z.null() },
    trigger_matching: { args: {}, result: z.boolean() },
  },
  vars: {
    state: State,
    dlink_ready: z.boolean(),
    ev_mac_address: macAddress,
  },
  errors: [...generic_errors],
});
