import { z } from "zod";
import { defineManifest } from "../../framework/manifest.ts";
import { kvs } from "../../interfaces/kvs.ts";

export const manifest = defineManifest({
  description: "Values under keys, kept in an SQLite database.",
  config: z.strictObject({
    /** Relative: below the installation, or below the working directory where there is none. */
    sqlite_db_file_path: z.string().default("everest_persistent_store.db"),
  }),
  provides: { main: { interface: kvs } },
});
