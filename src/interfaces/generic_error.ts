import { defineInterface } from "../framework/interface.ts";
import { generic_errors } from "./errors/generic.ts";

/** Errors of a module that has nothing else to offer. */
export const generic_error = defineInterface({ name: "generic_error", errors: generic_errors });
