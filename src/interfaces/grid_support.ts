import { defineInterface } from "../framework/interface.ts";
import { ActiveDirectiveSet, EVSECapability, GridAlarm, SetDirectivesResponse } from "./types/grid_support.ts";

/** Distributed energy resource control (OCPP 2.1). */
export const grid_support = defineInterface({
  name: "grid_support",
  cmds: {
    set_active_directives: { args: { directives: ActiveDirectiveSet }, result: SetDirectivesResponse },
  },
  vars: {
    capability: EVSECapability,
    alarm: GridAlarm,
  },
});
