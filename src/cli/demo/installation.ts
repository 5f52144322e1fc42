/** The folders and configuration of one demo: a charging station in EVerest's layout, all below one directory. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { copyComponentConfig } from "../../chargePoint/deviceModel/copyConfig.ts";
import type { LoadOptions, StationConfig } from "../../framework/config.ts";
import { loadConfig } from "../../framework/config.ts";
import { UserError } from "../../util/errors.ts";
import type { Files } from "../../util/files.ts";
import type { ProtocolName } from "../peer/verdict.ts";

/** What ships with the package. */
export const packageFolder = fileURLToPath(new URL("../../../", import.meta.url));
export const dcConfigFile = join(packageFolder, "config", "config-sil-dc-ocpp201-pnc.yaml");
export const defaultConfigFile = join(packageFolder, "config", "config-sil-ocpp201-pnc.yaml");
/** Read-only files of modules that come with plugcharge; modules without any get the folder of all. */
const shareFolders: Readonly<Record<string, string>> = { OCPP: "ocpp16", OCPP201: "ocpp201" };
export const moduleShareFolder = (moduleName: string) => join(packageFolder, "config", shareFolders[moduleName] ?? "");
const shareFolder = moduleShareFolder("OCPP201");
const componentConfigFolder = join(shareFolder, "component_config");

/** How the station reaches its CSMS, with security profile 1. */
export interface CsmsAccess {
  /** Without the identity. */
  readonly url: string;
  readonly identity: string;
  readonly password: string;
}

export interface Installation {
  readonly config: StationConfig;
  /** Component configuration of the charge point; its own copy, because the address of the CSMS is in it. */
  readonly componentConfig: string;
}

export interface InstallationOptions {
  readonly dir: string;
  readonly files: Files;
  readonly modules: LoadOptions["modules"];
  readonly csms: CsmsAccess;
  /** Interface for V2G instead of the one configured. */
  readonly device?: string;
  /** What the car speaks; as configured when absent. */
  readonly protocol?: ProtocolName;
}

/**
 * Makes the folders, and merges the demo's own values over a configuration that was found in order.
 * @throws UserError when the demo misses a module in it.
 */
export async function install(plain: StationConfig, options: InstallationOptions): Promise<Installation> {
  const { dir, files, modules, csms } = options;
  const { file } = plain;
  const componentConfig = join(dir, "component_config");
  await copyComponentConfig(files, componentConfigFolder, componentConfig, connectionVariables(csms));
  await files.makeFolder(join(dir, "data"), 0o700);
  const config = await loadConfig({ file, files, modules, overrides: overridesFor(plain, options, componentConfig) });
  return { config, componentConfig };
}

/** A car that speaks nothing newer. */
const dinCar = { supported_DIN70121: true, supported_ISO15118_2: false };

function overridesFor(config: StationConfig, options: InstallationOptions, componentConfig: string) {
  const { dir, device, protocol } = options;
  const data = (name: string) => join(dir, "data", name);
  const link = device === undefined ? {} : { device };
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
    EvseV2G: { config_module: link },
    PyEvJosev: { config_module: { ...link, ...(protocol === "DIN SPEC 70121" && dinCar) } },
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

/** The OCPP variables that tell a station where its CSMS is and how it proves who it is. */
function connectionVariables({ url, identity, password }: CsmsAccess): Record<string, string> {
  const connectionData = {
    ...{ messageTimeout: 30, ocppCsmsUrl: url, ocppInterface: "Wired0", ocppTransport: "JSON" },
    ...{ ocppVersion: "OCPP20", securityProfile: 1 },
  };
  return {
    "InternalCtrlr.NetworkConnectionProfiles": JSON.stringify([{ configurationSlot: 1, connectionData }]),
    "SecurityCtrlr.Identity": identity,
    "SecurityCtrlr.BasicAuthPassword": password,
  };
}
