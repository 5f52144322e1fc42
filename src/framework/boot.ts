/** What a station starts from: a configuration file, a database, or both. */
import { UserError } from "../util/errors.ts";
import type { Files } from "../util/files.ts";
import { ConfigDatabase, overlayStore } from "./config/stores.ts";
import { activeModules, type LoadOptions, loadConfig, loadStored, overlayOf, type StationConfig } from "./config.ts";
import type { ParameterStore } from "./configuration.ts";

export interface BootOptions extends Pick<LoadOptions, "modules"> {
  readonly file?: string;
  readonly database?: string;
  /** Fills the database from the file, whatever is in it. */
  readonly reset: boolean;
  readonly files: Files;
}

export interface Boot {
  readonly config: StationConfig;
  /** Keeps changes for the next start. */
  readonly store: ParameterStore;
  close(): void;
}

/** What is in the database cannot be used; what is wrong with it is the cause. */
export class StoredConfigError extends UserError {
  readonly reason: UserError;
  constructor(reason: UserError) {
    super(reason.message, reason.details);
    this.reason = reason;
  }
  override describe(): string {
    return this.reason.describe();
  }
}

/**
 * Without a database the file counts, and changes go to its overlay. A database that holds a configuration wins over the
 * file, but for `settings`; one that holds none is filled from it.
 * @throws ConfigError with every fault of the file; StoredConfigError for one in the database; UserError when there is
 * nothing to start from.
 */
export async function bootConfig(options: BootOptions): Promise<Boot> {
  const { file, database, files, modules, reset } = options;
  if (database === undefined) {
    const config = await loadConfig({ file: needed(file), files, modules });
    return { config, store: overlayStore(overlayOf(needed(file)), files), close: () => {} };
  }
  if (!/[/\\]/.test(database)) {
    throw new UserError(`'${database}' is no path`, {
      expected: "a folder and a file name",
      fix: `Write ./${database}.`,
    });
  }
  const stored = new ConfigDatabase(database);
  try {
    return { config: await fromDatabase(stored, options), store: stored, close: () => stored.close() };
  } catch (error) {
    stored.close();
    throw error;
  }
  async function fromDatabase(db: ConfigDatabase, { file: yaml }: BootOptions): Promise<StationConfig> {
    if (db.content !== undefined && !reset) return readStored(db.content, db.file);
    if (yaml === undefined && !reset) {
      const fix = "Name a configuration file to fill it from.";
      throw new UserError("there is no configuration in the database", { file: db.file, fix });
    }
    const config = await loadConfig({ file: needed(yaml), files, modules });
    db.fill(await activeModules(needed(yaml), files));
    return config;
  }
  async function readStored(content: unknown, from: string): Promise<StationConfig> {
    try {
      return await loadStored({ ...(file !== undefined && { file }), files, modules, content, from });
    } catch (error) {
      if (error instanceof UserError) throw new StoredConfigError(error);
      throw error;
    }
  }
}

function needed(file: string | undefined): string {
  if (file !== undefined) return file;
  throw new UserError("there is no configuration file", { fix: "Name one with --config." });
}
