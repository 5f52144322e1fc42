import { z } from "zod";
import { defineManifest } from "../../framework/manifest.ts";
import { auth_token_provider } from "../../interfaces/auth_token_provider.ts";

export const manifest = defineManifest({
  description: "Shows the tokens that come on an external topic.",
  provides: {
    main: {
      interface: auth_token_provider,
      config: z.strictObject({
        mqtt_topic: z.string().max(500).default("").describe("empty: everest_api/<module id>/cmd/provide"),
      }),
    },
  },
  enable_external_mqtt: true,
});
