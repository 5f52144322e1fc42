import { z } from "zod";
import { defineInterface } from "../framework/interface.ts";
import { generic_errors } from "./errors/generic.ts";
import { Temperature } from "./types/temperature.ts";

/** Temperatures of one or several places. */
export const temperature_sensor = defineInterface({
  name: "temperature_sensor",
  vars: {
    temperatures: z.array(Temperature),
  },
  errors: [...generic_errors],
});
