import { z } from "zod";
import { defineManifest } from "../../framework/manifest.ts";
import { auth_token_validator } from "../../interfaces/auth_token_validator.ts";

export const manifest = defineManifest({
  description: "Says the same of every token.",
  provides: {
    main: {
      interface: auth_token_validator,
      config: z.strictObject({
        validation_result: z.enum(["Accepted", "Blocked", "Expired", "Invalid"]).default("Accepted"),
        validation_reason: z.string().min(5).default("Token valid").describe("written to the log"),
        sleep: z.number().min(0).max(120).default(0.5).describe("seconds until the answer"),
      }),
    },
  },
});
