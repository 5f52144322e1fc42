/** The charge point's own database, one script a version; a released script is never changed. */
import { deviceModelSchema } from "../deviceModel/deviceModel.ts";
import { queueSchema } from "../queue.ts";
import { availabilitySchema } from "./availability.ts";
import { tokenSchema } from "./tokens.ts";
import { transactionSchema } from "./transactionStore.ts";

export const coreMigrations: readonly string[] = [
  [queueSchema, tokenSchema, transactionSchema, availabilitySchema].join(";\n"),
];

export const deviceModelMigrations: readonly string[] = [deviceModelSchema];
