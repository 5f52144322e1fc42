/** The charge point's own database, one script a version; a released script is never changed. */
import { queueImportance, queueLastError, queueSchema } from "../queue.ts";
import { sampleSchema } from "../samples.ts";
import { tokenSchema } from "../tokenStore.ts";
import { availabilitySchema } from "./availability.ts";
import { monitorSchema } from "./monitorStore.ts";
import { profileSchema } from "./smartCharging/profiles.ts";
import { transactionSchema } from "./transactionStore.ts";

export const coreMigrations: readonly string[] = [
  [queueSchema, tokenSchema, transactionSchema, sampleSchema, availabilitySchema].join(";\n"),
  queueImportance,
  queueLastError,
  [monitorSchema, profileSchema].join(";\n"),
];
