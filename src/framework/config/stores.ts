/** Where a station's configuration is kept when it changes while the station runs. */
import { dirname } from "node:path";
import { parseDocument } from "yaml";
import { z } from "zod";
import { type Database, openDatabase } from "../../util/database.ts";
import { UserError } from "../../util/errors.ts";
import type { Files } from "../../util/files.ts";
import { MODULE_SCOPE, type ParameterIdentifier, type ParameterStore, type ParameterValue } from "../configuration.ts";

/** Where a parameter stands in a configuration. */
function pathOf(identifier: ParameterIdentifier): string[] {
  const { module_id, configuration_parameter_name: name, module_implementation_id: scope = MODULE_SCOPE } = identifier;
  const place = scope === MODULE_SCOPE ? ["config_module"] : ["config_implementation", scope];
  return ["active_modules", module_id, ...place, name];
}

/** Writes changes into the overlay of a configuration file, and leaves everything else in it as it is. */
export function overlayStore(overlay: string, files: Files): ParameterStore {
  let turn: Promise<void> = Promise.resolve();
  async function write(identifier: ParameterIdentifier, value: ParameterValue): Promise<void> {
    const text = (await files.info(overlay)) ? new TextDecoder().decode(await files.read(overlay)) : "";
    const document = parseDocument(text);
    if (document.errors[0]) throw new UserError(document.errors[0].message, { file: overlay });
    document.setIn(pathOf(identifier), value);
    await files.makeFolder(dirname(overlay));
    await files.write(overlay, document.toString());
  }
  return {
    save(identifier, value) {
      const saved = turn.then(() => write(identifier, value));
      turn = saved.catch(() => {});
      return saved;
    },
  };
}

const migrations = ["CREATE TABLE configuration (slot INTEGER PRIMARY KEY, content TEXT NOT NULL)"];
const Content = z.record(z.string(), z.unknown());
/** EVerest knows several; one is in use. */
const SLOT = 1;

/** A configuration in a database, which wins over the file that it was filled from. */
export class ConfigDatabase implements ParameterStore {
  readonly file: string;
  readonly #database: Database;

  /** @throws UserError when the file cannot be opened or is no database. */
  constructor(file: string) {
    this.file = file;
    this.#database = openDatabase(file, migrations);
  }

  /** The `active_modules` in it; undefined when there are none. */
  get content(): unknown {
    const row = this.#database.get<{ content: string }>("SELECT content FROM configuration WHERE slot = ?", SLOT);
    const content = row && Content.safeParse(JSON.parse(row.content)).data;
    return content && Object.keys(Object(content.active_modules)).length > 0 ? content : undefined;
  }

  fill(active_modules: unknown): void {
    const content = JSON.stringify({ active_modules });
    this.#database.run("INSERT OR REPLACE INTO configuration (slot, content) VALUES (?, ?)", SLOT, content);
  }

  async save(identifier: ParameterIdentifier, value: ParameterValue): Promise<void> {
    const document = parseDocument(JSON.stringify(this.content ?? {}));
    document.setIn(pathOf(identifier), value);
    this.fill(document.toJS().active_modules);
  }

  close(): void {
    this.#database.close();
  }
}
