import type { Database } from "../../util/database.ts";
import type { Files } from "../../util/files.ts";
import { type Component, readComponentConfig } from "./componentConfig.ts";
import { DeviceModel, DeviceModelError, type Guard } from "./deviceModel.ts";

export interface OpenOptions {
  readonly guards?: readonly Guard[];
  /** Components for which it says false are passed over. */
  readonly isWanted?: (component: Component) => boolean;
}

/**
 * Reads the component config files below `folder` and lays the values that were set since over them.
 *
 * @throws DeviceModelError with every fault of every file.
 */
export async function openDeviceModel(
  files: Files,
  folder: string,
  database: Database,
  { guards = [], isWanted = () => true }: OpenOptions = {},
): Promise<DeviceModel> {
  const { components, faults } = await readComponentConfig(files, folder);
  if (faults.length > 0) throw new DeviceModelError(faults);
  return new DeviceModel(components.filter(isWanted), database, guards);
}
