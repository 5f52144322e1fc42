/** The database of the device model, one script a version; a released script is never changed. */
import { deviceModelSchema } from "./deviceModel.ts";

/** Of OCPP 1.6: that the JSON files have been taken over. */
const legacySchema = "CREATE TABLE legacy_migration (done INTEGER NOT NULL)";

export const deviceModelMigrations: readonly string[] = [deviceModelSchema, legacySchema];
