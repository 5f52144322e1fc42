import { defineManifest } from "../../framework/manifest.ts";
import { ev_slac } from "../../interfaces/ev_slac.ts";
import { slac } from "../../interfaces/slac.ts";

export const manifest = defineManifest({
  description: "Both ends of the SLAC matching, without a power line between them.",
  provides: { evse: { interface: slac }, ev: { interface: ev_slac } },
});
