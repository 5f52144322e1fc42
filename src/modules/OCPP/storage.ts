/** The module's database, and the configuration of its charge point. */
import { dirname, isAbsolute, join } from "node:path";
import type { Configuration } from "../../chargePoint/v16/configuration/configuration.ts";
import { openConfiguration } from "../../chargePoint/v16/configuration/open.ts";
import type { Key } from "../../chargePoint/v16/configuration/schema.ts";
import { migrations } from "../../chargePoint/v16/schema.ts";
import { type Database, openDatabase } from "../../util/database.ts";
import { UserError } from "../../util/errors.ts";
import type { Files } from "../../util/files.ts";
import type { LogSettings } from "../ocppCommon/messageLog.ts";

export interface Storage {
  readonly config: Configuration;
  readonly database: Database;
  close(): void;
}

interface Paths {
  readonly ChargePointConfigPath: string;
  readonly UserConfigPath: string;
  readonly DatabasePath: string;
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

/** @throws UserError when a file is faulty, asks for what is not here, or the database cannot be used. */
export async function openStorage(files: Files, paths: Paths, shareDir: string): Promise<Storage> {
  const below = (path: string) => (isAbsolute(path) ? path : join(shareDir, path));
  const base = below(paths.ChargePointConfigPath);
  const user = below(paths.UserConfigPath);
  const folder = below(paths.DatabasePath);
  await files.makeFolder(folder, 0o700);
  await files.makeFolder(dirname(user));
  const config = await openConfiguration(files, { base, user });
  refuse(config, base);
  const database = openDatabase(join(folder, "cp.db"), migrations);
  return { config, database, close: () => database.close() };
}

function refuse(config: Configuration, file: string): void {
  for (const [key, fix] of refused) {
    if (config.value(key) === true) throw new UserError(`'${key}' cannot be true here`, { file, key, fix });
  }
  if (config.value("IFace") === undefined) return;
  const fix = "Take it out, and let the system's routes lead to the CSMS.";
  throw new UserError("the connection to the CSMS cannot be bound to an interface", { file, key: "IFace", fix });
}
