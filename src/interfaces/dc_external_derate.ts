import { z } from "zod";
import { defineInterface } from "../framework/interface.ts";
import { ExternalDerating } from "./types/dc_external_derate.ts";

/** Limits of the DC output set from outside, for example by a temperature monitor. */
export const dc_external_derate = defineInterface({
  name: "dc_external_derate",
  cmds: {
    set_external_derating: { args: { derate: ExternalDerating }, result: z.null() },
  },
  vars: {
    plug_temperature_C: z.number(),
  },
});
