import { defineManifest } from "../../framework/manifest.ts";
import { display_message } from "../../interfaces/display_message.ts";

export const manifest = defineManifest({
  description: "Shows messages in the log.",
  provides: { display_message: { interface: display_message } },
});
