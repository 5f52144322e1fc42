import { z } from "zod";
import { defineManifest } from "../../framework/manifest.ts";
import { auth_token_provider } from "../../interfaces/auth_token_provider.ts";
import { evse_manager } from "../../interfaces/evse_manager.ts";
import { AuthorizationType } from "../../interfaces/types/authorization.ts";

/** Seconds; EVerest's. */
export const DEFAULT_TIMEOUT_S = 10;

export const manifest = defineManifest({
  description: "Shows a card by itself whenever a session begins.",
  provides: {
    main: {
      interface: auth_token_provider,
      config: z.strictObject({
        token: z.string().min(1).max(20).default("DEADBEEF"),
        type: AuthorizationType.default("RFID"),
        timeout: z.number().min(0).max(120).default(DEFAULT_TIMEOUT_S).describe("without effect, as in EVerest"),
        connector_id: z.int().min(0).default(0).describe("the EVSE that the card is for; 0 for any"),
      }),
    },
  },
  requires: { evse: { interface: evse_manager } },
});
