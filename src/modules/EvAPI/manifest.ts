import { defineManifest } from "../../framework/manifest.ts";
import { ev_manager } from "../../interfaces/ev_manager.ts";

export const manifest = defineManifest({
  description: "Tells the world outside about simulated cars, over MQTT.",
  provides: {},
  requires: { ev_manager: { interface: ev_manager, min: 1, max: 128 } },
  enable_external_mqtt: true,
});
