/** The folders and configuration of one demo: a charging station in EVerest's layout, all below one directory. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ModuleCatalogue, StationConfig } from "../../framework/config.ts";
import { loadConfig } from "../../framework/config.ts";
import { UserError } from "../../util/errors.ts";
import type { Files } from "../../util/files.ts";

/** What ships with the package. */
export const packageFolder = fileURLToPath(new URL("../../../", import.meta.url));
export const defaultConfigFile = join(packageFolder, "config", "config-sil-ocpp201-pnc.yaml");
/** Read-only files of the module OCPP201; other modules have none. */
export const shareFolder = join(packageFolder, "config", "ocpp201");
const componentConfigFolder = join(shareFolder, "component_config");

export interface Installation {
  readonly config: StationConfig;
  /** Component configuration of the charge point; its own copy, because the address of the CSMS is in it. */
  readonly componentConfig: string;
}

export interface InstallationOptions {
  readonly dir: string;
  readonly files: Files;
  readonly modules: ModuleCatalogue;
  readonly csmsUrl: string;
  /** Interface for V2G instead of the one configured. */
  readonly device?: string;
}

/**
 * Makes the folders, and merges the demo's own values over a configuration that was found in order.
 * @throws UserError when the demo misses a module in it.
 */
export async function install(plain: StationConfig, options: InstallationOptions): Promise<Installation> {
  const { dir, files, modules, csmsUrl } = options;
  const { file } = plain;
  const componentConfig = join(dir, "component_config");
  await copyComponentConfig(files, componentConfig, csmsUrl);
  await files.makeFolder(join(dir, "data"), 0o700);
  const config = await loadConfig({ file, files, modules, overrides: overridesFor(plain, options, componentConfig) });
  return { config, componentConfig };
}

function overridesFor(config: StationConfig, { dir, device }: InstallationOptions, componentConfig: string) {
  const data = (name: string) => join(dir, "data", name);
  const link = device === undefined ? {} : { config_module: { device } };
  const patches: Readonly<Record<string, object>> = {
    OCPP201: {
      config_module: {
        DeviceModelConfigPath: componentConfig,
        DeviceModelDatabasePath: data("device_model_storage.db"),
        EverestDeviceModelDatabasePath: data("everest_device_model_storage.db"),
        CoreDatabasePath: data("ocpp201"),
        MessageLogPath: data("ocpp_logs"),
      },
    },
    EvseV2G: link,
    PyEvJosev: link,
  };
  const patched = config.modules.map(({ id, moduleName }) => [id, patches[moduleName] ?? {}]);
  return { active_modules: { ...Object.fromEntries(patched), demo_observer: observerEntry(config) } };
}

function observerEntry(config: StationConfig) {
  const connection = (moduleName: string, implementation_id: string) => [
    { module_id: moduleIdOf(config, moduleName), implementation_id },
  ];
  return {
    module: "DemoObserver",
    connections: {
      evse_manager: connection("EvseManager", "evse"),
      charger: connection("EvseV2G", "charger"),
      ev: connection("PyEvJosev", "ev"),
      ocpp: connection("OCPP201", "ocpp_generic"),
    },
  };
}

/** @throws UserError when no module of that name is active. */
export function moduleIdOf(config: StationConfig, moduleName: string): string {
  const plan = config.modules.find((module) => module.moduleName === moduleName);
  if (plan) return plan.id;
  throw new UserError(`the demo needs a module ${moduleName}`, {
    file: config.file,
    key: "active_modules",
    fix: `Add one, as ${defaultConfigFile} does.`,
  });
}

async function copyComponentConfig(files: Files, to: string, csmsUrl: string): Promise<void> {
  for (const kind of ["standardized", "custom"]) {
    const folder = join(componentConfigFolder, kind);
    await files.makeFolder(join(to, kind));
    for (const name of await files.list(folder)) {
      const text = new TextDecoder().decode(await files.read(join(folder, name)));
      await files.write(join(to, kind, name), name === "InternalCtrlr.json" ? withCsmsUrl(text, csmsUrl) : text);
    }
  }
}

interface ComponentFile {
  readonly properties: Record<string, { readonly attributes: { value?: unknown }[] }>;
}

interface NetworkProfile {
  readonly connectionData: { ocppCsmsUrl: string };
}

/** EVerest keeps the network profiles as JSON text within the JSON. */
function withCsmsUrl(text: string, url: string): string {
  const component = JSON.parse(text) as ComponentFile;
  for (const attribute of component.properties.NetworkConnectionProfiles?.attributes ?? []) {
    const profiles = JSON.parse(String(attribute.value)) as NetworkProfile[];
    for (const { connectionData } of profiles) connectionData.ocppCsmsUrl = url;
    attribute.value = JSON.stringify(profiles);
  }
  return `${JSON.stringify(component, null, 2)}\n`;
}
