/** Reads a station's EVerest configuration and checks all of it before anything starts. */
import { basename, dirname, join } from "node:path";
import { UserError } from "../util/errors.ts";
import type { Files } from "../util/files.ts";
import { checkModules, type ModuleCatalogue, type ModulePlan } from "./config/entries.ts";
import { ConfigError, type ConfigFault, faultsOf } from "./config/faults.ts";
import { childAt, keyPlaceOf, type Located, locateValue, mergePatch, parseLocated, toValue } from "./config/located.ts";
import { StationFile } from "./config/structure.ts";
import { Settings } from "./settings.ts";

export { ConfigError, type ConfigFault, type ModuleCatalogue, type ModulePlan };

/** A configuration without faults. */
export interface StationConfig {
  readonly file: string;
  readonly settings: Settings;
  /** In the order of the file. */
  readonly modules: readonly ModulePlan[];
  readonly warnings: readonly ConfigFault[];
}

export interface ConfigSource {
  readonly file: string;
  readonly text: string;
}

export interface ConfigOptions {
  /** The configuration, then what is merged over it, in this order (RFC 7386). */
  readonly sources: readonly [ConfigSource, ...ConfigSource[]];
  /** Values from elsewhere, such as a command line, merged over everything. */
  readonly overrides?: unknown;
  /** Where {@link overrides} come from. */
  readonly overridesFrom?: string;
  readonly modules: ModuleCatalogue;
}

/** @throws ConfigError with every fault there is. */
export function checkConfig({ modules, ...written }: ConfigOptions): StationConfig {
  return checkTree(readWritten(written), modules);
}

function checkTree({ file, tree, faults }: Written, modules: ModuleCatalogue): StationConfig {
  const top = StationFile.safeParse(toValue(tree));
  if (!top.success) faults.push(...faultsOf(tree, [], StationFile, top.error.issues));
  const settings = checkSettings(tree, faults);
  const plans = checkModules(tree, modules, faults);
  const sorted = faults.toSorted(inFileOrder);
  if (sorted.some((fault) => fault.severity === "error")) throw new ConfigError(file, sorted);
  return { file, settings, modules: plans, warnings: sorted };
}

export interface LoadOptions extends Pick<ConfigOptions, "overrides"> {
  readonly file: string;
  readonly files: Files;
  /** All modules, or what gives those that the configuration names. */
  readonly modules: ModuleCatalogue | ((names: ReadonlySet<string>) => Promise<ModuleCatalogue>);
}

/** `user-config/<same name>` beside a configuration, which is merged over it. */
export const overlayOf = (file: string) => join(dirname(file), "user-config", basename(file));

/**
 * Reads `file` and, when there is one, its overlay.
 * @throws ConfigError with every fault there is; UserError when there is no such file.
 */
export async function loadConfig({ file, files, modules, overrides }: LoadOptions): Promise<StationConfig> {
  const written = readWritten({ sources: await readSources(file, files), overrides });
  return checkTree(written, typeof modules === "function" ? await modules(namedModules(written)) : modules);
}

/**
 * The configuration that is kept in a database: its modules instead of the file's, under the file's settings.
 * @param options `content` is what is kept, `from` the database's name.
 * @throws ConfigError with every fault there is.
 */
export async function loadStored(
  options: Pick<LoadOptions, "files" | "modules"> & { file?: string; content: unknown; from: string },
): Promise<StationConfig> {
  const { file, files, modules, content, from } = options;
  const nothing = { file: from, text: "active_modules:" };
  const sources: ConfigOptions["sources"] =
    file === undefined ? [nothing] : [...(await readSources(file, files)), nothing];
  const written = readWritten({ sources, overrides: content, overridesFrom: from });
  return checkTree(written, typeof modules === "function" ? await modules(namedModules(written)) : modules);
}

/** The `active_modules` of a file with its overlay, as they are written. */
export async function activeModules(file: string, files: Files): Promise<unknown> {
  const section = childAt(readWritten({ sources: await readSources(file, files) }).tree, ["active_modules"]);
  return section ? toValue(section) : {};
}

async function readSources(file: string, files: Files): Promise<ConfigOptions["sources"]> {
  const read = async (path: string) => ({ file: path, text: new TextDecoder().decode(await files.read(path)) });
  if (!(await files.info(file))) {
    throw new UserError("there is no such configuration file", { file, fix: "Name an existing YAML file." });
  }
  const overlay = overlayOf(file);
  return [await read(file), ...((await files.info(overlay)) ? [await read(overlay)] : [])];
}

/** What active modules call themselves, in a configuration that may have faults. */
function namedModules({ tree }: Written): ReadonlySet<string> {
  const section = childAt(tree, ["active_modules"]);
  const entries = section?.kind === "map" ? [...section.entries.values()] : [];
  return new Set(entries.map(({ value }) => String(toValue(childAt(value, ["module"]) ?? value))));
}

/** A configuration as it was written, all of it merged. */
interface Written {
  readonly file: string;
  readonly tree: Located;
  /** Of the checks to come. */
  readonly faults: ConfigFault[];
}

/** @throws ConfigError when YAML cannot read it: what it makes of such a file says nothing about the rest of it. */
function readWritten({ sources, overrides, overridesFrom }: Omit<ConfigOptions, "modules">): Written {
  const [{ file }] = sources;
  const read = sources.map((source) => parseLocated(source.text, source.file));
  const found = read.flatMap(({ faults }) => faults);
  const faults = found.map(({ isReadable: _, ...fault }): ConfigFault => ({ severity: "error", ...fault }));
  if (found.some(({ isReadable }) => !isReadable)) throw new ConfigError(file, faults);
  const trees = read.map(({ tree }) => tree);
  if (overrides !== undefined) trees.push(locateValue(overrides, overridesFrom ?? "<overrides>"));
  return { file, tree: trees.reduce((whole, patch) => mergePatch(whole, patch)), faults };
}

function checkSettings(tree: Located, faults: ConfigFault[]): Settings {
  const section = childAt(tree, ["settings"]);
  const given = section?.kind === "map" ? toValue(section) : {};
  const checked = Settings.safeParse(given);
  if (!checked.success) faults.push(...faultsOf(tree, ["settings"], Settings, checked.error.issues));
  const wrong = new Set(checked.error?.issues.map((issue) => issue.path[0] ?? ""));
  const usable = Object.entries(Object(given)).filter(([key]) => key in Settings.shape && !wrong.has(key));
  const settings = Settings.parse(Object.fromEntries(usable));
  const contradiction = (key: string, message: string, fix: string) =>
    faults.push({ severity: "error", ...keyPlaceOf(tree, ["settings", key]), key: `settings.${key}`, message, fix });
  if (settings.mqtt_broker_socket_path !== undefined && settings.mqtt_broker_host !== undefined) {
    contradiction("mqtt_broker_host", "the broker has both a host and a socket path", "Remove one of them.");
  }
  if (withSlash(settings.mqtt_everest_prefix) === withSlash(settings.mqtt_external_prefix)) {
    contradiction("mqtt_external_prefix", "both MQTT prefixes are the same", "Change one of them.");
  }
  return settings;
}

const withSlash = (prefix: string) => (prefix.endsWith("/") ? prefix : `${prefix}/`);

function inFileOrder(a: ConfigFault, b: ConfigFault): number {
  return (
    (a.file ?? "").localeCompare(b.file ?? "") || (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)
  );
}
