import { defineManifest } from "../../framework/manifest.ts";
import { session_cost } from "../../interfaces/session_cost.ts";

export const manifest = defineManifest({
  description: "Shows tariffs and costs in the log.",
  provides: {},
  requires: { session_cost: { interface: session_cost } },
});
