import { defineInterface } from "../framework/interface.ts";

/** The root that distributes energy; it has neither commands nor variables. */
export const energy_manager = defineInterface({
  name: "energy_manager",
});
