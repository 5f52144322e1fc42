import { z } from "zod";
import { defineInterface } from "../framework/interface.ts";
import { CapabilityLimits, ExternalLimits } from "./types/energy.ts";

/** Limits that someone outside puts on a node of the energy tree. */
export const external_energy_limits = defineInterface({
  name: "external_energy_limits",
  cmds: {
    set_external_limits: { args: { value: ExternalLimits }, result: z.null() },
  },
  vars: {
    capabilities: CapabilityLimits,
  },
});
