import { z } from "zod";
import { defineInterface } from "../framework/interface.ts";
import { EnergyFlowRequest, EnforcedLimits } from "./types/energy.ts";

/** A node of the energy tree: requests go up to the grid, limits come down to the cars. */
export const energy = defineInterface({
  name: "energy",
  cmds: {
    enforce_limits: { args: { value: EnforcedLimits }, result: z.null() },
  },
  vars: {
    energy_flow_request: EnergyFlowRequest,
  },
});
