import { z } from "zod";
import { defineInterface } from "../framework/interface.ts";
import { connector_lock_errors } from "./errors/connector_lock.ts";

/** The motor that holds a plug in its socket. */
export const connector_lock = defineInterface({
  name: "connector_lock",
  cmds: {
    lock: { args: {}, result: z.null() },
    unlock: { args: {}, result: z.null() },
  },
  errors: [...connector_lock_errors],
});
