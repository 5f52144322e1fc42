import { z } from "zod";
import { defineManifest } from "../../framework/manifest.ts";
import { error_history } from "../../interfaces/error_history.ts";

export const manifest = defineManifest({
  description: "Remembers every error of the station, also over a restart.",
  provides: {
    error_history: {
      interface: error_history,
      config: z.strictObject({
        /** Relative: below the installation, or below the working directory where there is none. */
        database_path: z.string(),
      }),
    },
  },
  enable_global_errors: true,
});
