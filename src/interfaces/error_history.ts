import { z } from "zod";
import { defineInterface } from "../framework/interface.ts";
import { ErrorObject, FilterArguments } from "./types/error_history.ts";

/** The memory of all errors that were ever active. */
export const error_history = defineInterface({
  name: "error_history",
  cmds: {
    get_errors: { args: { filters: FilterArguments }, result: z.array(ErrorObject) },
  },
});
