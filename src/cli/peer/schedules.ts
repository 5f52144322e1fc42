/** The schedules that a charger offers, with tariffs that a car by contract believes where the folder has the key for that. */
import { join, resolve } from "node:path";
import { readSchedules } from "../../modules/EvseV2G/scheduleFile.ts";
import type { Iso2Settings } from "../../secc/iso2/protocol.ts";
import type { Files } from "../../util/files.ts";
import { type PkiFolder, readPassword } from "./pkiFolder.ts";

type Offers = Pick<Iso2Settings, "offers" | "tariffKey">;

/** @throws UserError for a file that cannot be read, or in which something is wrong. */
export async function readOffers(files: Files, schedules: string, folder: PkiFolder | undefined): Promise<Offers> {
  const key = folder && join(folder.dir, folder.names.tariffKey);
  if (!folder || key === undefined || !(await files.info(key))) {
    return readSchedules(files, { schedules: resolve(schedules), key: "", password: "" });
  }
  const password = await readPassword(files, folder.dir, folder.layout);
  return readSchedules(files, { schedules: resolve(schedules), key, password });
}
