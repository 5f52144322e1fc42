/** The module's databases and its device model. */
import { isAbsolute, join } from "node:path";
import type { Component } from "../../chargePoint/deviceModel/componentConfig.ts";
import type { DeviceModel } from "../../chargePoint/deviceModel/deviceModel.ts";
import { openDeviceModel } from "../../chargePoint/deviceModel/open.ts";
import { deviceModelMigrations } from "../../chargePoint/deviceModel/schema.ts";
import { networkGuard } from "../../chargePoint/v201/networkProfiles.ts";
import { coreMigrations } from "../../chargePoint/v201/schema.ts";
import { type Database, openDatabase } from "../../util/database.ts";
import { UserError } from "../../util/errors.ts";
import type { Files } from "../../util/files.ts";
import type { LogSettings } from "../ocppCommon/messageLog.ts";

export interface Storage {
  readonly model: DeviceModel;
  readonly core: Database;
  close(): void;
}

interface Paths {
  readonly CoreDatabasePath: string;
  readonly DeviceModelDatabasePath: string;
  readonly DeviceModelConfigPath: string;
}

/** What the device model says of the message log; as in EVerest it is kept where that says nothing. */
export function logSettings(model: DeviceModel): LogSettings {
  return {
    on: model.value("InternalCtrlr.LogMessages") ?? true,
    formats: model.value("InternalCtrlr.LogMessagesFormat") ?? ["log"],
    rotates: model.value("InternalCtrlr.LogRotation") ?? false,
    maxBytes: model.value("InternalCtrlr.LogRotationMaximumFileSize") ?? 0,
    maxFiles: model.value("InternalCtrlr.LogRotationMaximumFileCount") ?? 0,
  };
}

export interface StorageOptions {
  readonly files: Files;
  readonly paths: Paths;
  /** Relative paths are below it. */
  readonly shareDir: string;
  /** What is described of EVSEs beyond these is passed over: one description serves stations of any size. */
  readonly evseCount: number;
}

/** @throws UserError when a file is faulty or a database cannot be used. */
export async function openStorage({ files, paths, shareDir, evseCount }: StorageOptions): Promise<Storage> {
  const isWanted = ({ evse }: Component) => evse === undefined || evse.id <= evseCount;
  const below = (path: string) => (isAbsolute(path) ? path : join(shareDir, path));
  const coreFolder = below(paths.CoreDatabasePath);
  await files.makeFolder(coreFolder, 0o700);
  const core = openDatabase(join(coreFolder, "cp.db"), coreMigrations);
  const values = openDatabase(below(paths.DeviceModelDatabasePath), deviceModelMigrations);
  const close = () => {
    core.close();
    values.close();
  };
  try {
    const model = await openDeviceModel(files, below(paths.DeviceModelConfigPath), values, {
      guards: [networkGuard],
      isWanted,
    });
    return { model, core, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** @throws UserError when the device model describes other EVSEs or connectors than the station has. */
export function checkEvses(model: DeviceModel, evses: readonly { id: number; connectors: readonly number[] }[]): void {
  const real = evses.flatMap(({ id, connectors }) => [`EVSE ${id}`, ...connectors.map((c) => `Connector ${id}.${c}`)]);
  const described = model.components.flatMap(({ name, evse }) => {
    if (name === "EVSE" && evse?.connectorId === undefined) return [`EVSE ${evse?.id}`];
    return name === "Connector" ? [`Connector ${evse?.id}.${evse?.connectorId}`] : [];
  });
  const missing = real.filter((name) => !described.includes(name));
  const surplus = described.filter((name) => !real.includes(name));
  if (missing.length === 0 && surplus.length === 0) return;
  const parts = [
    missing.length > 0 ? `it does not describe ${missing.join(", ")}` : "",
    surplus.length > 0 ? `there is no ${surplus.join(", ")}` : "",
  ];
  throw new UserError(`the OCPP device model does not fit the station: ${parts.filter(Boolean).join("; ")}`, {
    key: "DeviceModelConfigPath",
    fix: "Give custom/ one EVSE_<n>.json for each EVSE and one Connector_<n>_<m>.json for each connector.",
  });
}
