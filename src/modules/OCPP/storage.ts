/** The module's database, and the configuration of its charge point. */
import { dirname, isAbsolute, join } from "node:path";
import { DeviceModelError } from "../../chargePoint/deviceModel/deviceModel.ts";
import { deviceModelMigrations } from "../../chargePoint/deviceModel/schema.ts";
import type { Configuration } from "../../chargePoint/v16/configuration/configuration.ts";
import { openConfiguration } from "../../chargePoint/v16/configuration/open.ts";
import type { Key } from "../../chargePoint/v16/configuration/schema.ts";
import { readCustomMappings } from "../../chargePoint/v16/deviceModel/customMappings.ts";
import { type ModelConfiguration, openModelConfiguration } from "../../chargePoint/v16/deviceModel/open.ts";
import { migrations } from "../../chargePoint/v16/schema.ts";
import { type Database, openDatabase } from "../../util/database.ts";
import { UserError } from "../../util/errors.ts";
import type { Files } from "../../util/files.ts";
import type { Logger } from "../../util/log.ts";
import type { LogSettings } from "../ocppCommon/messageLog.ts";

export interface Storage {
  readonly config: Configuration;
  /** What the keys are kept in, if that is a device model. */
  readonly device?: Omit<ModelConfiguration, "config">;
  readonly database: Database;
  close(): void;
}

interface LegacyPaths {
  readonly ChargePointConfigPath: string;
  readonly UserConfigPath: string;
}

interface ModelPaths {
  readonly DeviceModelConfigPath: string;
  readonly DeviceModelDatabasePath: string;
  readonly DeviceModelConfigMappings: string;
  readonly Ocpp16NetworkConfigSlot: number;
}

export interface Paths extends LegacyPaths, ModelPaths {
  readonly DatabasePath: string;
}

/** Where the keys are: in JSON files, or in a device model, which may take the JSON files over. */
export type Backend = "legacy" | "device_model" | "device_model_with_migration";

export interface StorageOptions {
  readonly files: Files;
  readonly log: Logger;
  readonly config: Paths;
  readonly backend: Backend;
  /** JSON files instead of a device model that cannot be used. */
  readonly fallBack?: boolean;
  /** Where a relative path leads to. */
  at(path: string): string;
}

/** What the keys say of the message log. */
export function logSettings(keys: Configuration): LogSettings {
  return {
    on: keys.value("LogMessages"),
    formats: keys.value("LogMessagesFormat"),
    rotates: keys.value("LogRotation"),
    maxBytes: keys.value("LogRotationMaximumFileSize"),
    maxFiles: keys.value("LogRotationMaximumFileCount"),
  };
}

/** Functions that are not here, and that nobody should believe to be there. */
const refused: readonly [Key, string][] = [
  ["EnableTLSKeylog", "TLS keys of the connection to the CSMS are not written: set it to false"],
  ["AdditionalRootCertificateCheck", "a new CSMS root is not checked against the old one: set it to false"],
];

/** Below a module's own share folder, unless it is absolute. */
export function below(shareDir: string): (path: string) => string {
  return (path) => (isAbsolute(path) ? path : join(shareDir, path));
}

/** @throws UserError when a file is faulty, asks for what is not here, or a database cannot be used. */
export async function openStorage(options: StorageOptions): Promise<Storage> {
  const { files, config: paths, at } = options;
  const folder = at(paths.DatabasePath);
  await files.makeFolder(folder, 0o700);
  const kept = await openKeys(options);
  try {
    refuse(kept.config, kept.file);
    const database = openDatabase(join(folder, "cp.db"), migrations);
    const close = () => {
      database.close();
      kept.close();
    };
    const { config, device } = kept;
    return { config, ...(device ? { device } : {}), database, close };
  } catch (error) {
    kept.close();
    throw error;
  }
}

interface Keys extends Pick<Storage, "config" | "device"> {
  /** Where a person changes them. */
  readonly file: string;
  close(): void;
}

async function openKeys(options: StorageOptions): Promise<Keys> {
  const { backend, fallBack, log } = options;
  if (backend === "legacy") return openJson(options);
  try {
    return await openModel(options);
  } catch (error) {
    if (!fallBack || !(error instanceof DeviceModelError || error instanceof UserError)) throw error;
    log.error(
      { error },
      "the device model cannot be used: the JSON files of OCPP 1.6 are (EnableDeviceModelFallbackToLegacyJson)",
    );
    return openJson(options);
  }
}

async function openJson({ files, config: paths, at }: StorageOptions): Promise<Keys> {
  const base = at(paths.ChargePointConfigPath);
  const user = at(paths.UserConfigPath);
  await files.makeFolder(dirname(user));
  return { config: await openConfiguration(files, { base, user }), file: base, close: () => {} };
}

async function openModel(options: StorageOptions): Promise<Keys> {
  const { files, config: paths, at, backend } = options;
  const mappings = paths.DeviceModelConfigMappings;
  const custom = mappings === "" ? new Map() : await readCustomMappings(files, at(mappings));
  const database = openDatabase(at(paths.DeviceModelDatabasePath), deviceModelMigrations);
  const folder = at(paths.DeviceModelConfigPath);
  try {
    const { config, ...device } = await openModelConfiguration({
      ...{ files, folder, database, custom, slot: paths.Ocpp16NetworkConfigSlot },
      ...(backend === "device_model_with_migration" ? { legacy: async () => (await openJson(options)).config } : {}),
    });
    return { config, device, file: folder, close: () => database.close() };
  } catch (error) {
    database.close();
    throw error;
  }
}

function refuse(config: Configuration, file: string): void {
  for (const [key, fix] of refused) {
    if (config.value(key) === true) throw new UserError(`'${key}' cannot be true here`, { file, key, fix });
  }
  if (config.value("IFace") === undefined) return;
  const fix = "Take it out, and let the system's routes lead to the CSMS.";
  throw new UserError("the connection to the CSMS cannot be bound to an interface", { file, key: "IFace", fix });
}
