/** The charge point's own database, one script a version; a released script is never changed. */
import { queueImportance, queueLastError, queueSchema } from "../queue.ts";
import { sampleSchema } from "../samples.ts";
import { tokenSchema } from "../tokenStore.ts";
import { availabilitySchema } from "./availability.ts";
import { profileSwitchSchema } from "./securityProfile.ts";
import { profileSchema } from "./smartCharging/profiles.ts";
import { transactionSchema } from "./transactionStore.ts";

export const migrations: readonly string[] = [
  [
    ...[queueSchema, queueImportance, tokenSchema, transactionSchema, sampleSchema],
    ...[availabilitySchema, profileSchema, profileSwitchSchema],
  ].join(";\n"),
  queueLastError,
];
