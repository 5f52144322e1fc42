import type { Database } from "../../util/database.ts";
import type { Files } from "../../util/files.ts";
import { readComponentConfig } from "./componentConfig.ts";
import { DeviceModel, DeviceModelError, type Guard } from "./deviceModel.ts";

/**
 * Reads the component config files below `folder` and lays the values that were set since over them.
 *
 * @throws DeviceModelError with every fault of every file.
 */
export async function openDeviceModel(
  files: Files,
  folder: string,
  database: Database,
  guards: readonly Guard[] = [],
): Promise<DeviceModel> {
  const { components, faults } = await readComponentConfig(files, folder);
  if (faults.length > 0) throw new DeviceModelError(faults);
  return new DeviceModel(components, database, guards);
}
