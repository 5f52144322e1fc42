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
export const ocpp16ConfigFile = join(packageFolder, "config", "config-sil-ocpp-pnc.yaml");
/** Read-only files of modules that come with plugcharge; modules without any, and OCPPmulti, get the folder of all. */
const shareFolders: Readonly<Record<string, string>> = { OCPP: "ocpp16", OCPP201: "ocpp201" };
export const moduleShareFolder = (moduleName: string) => join(packageFolder, "config", shareFolders[moduleName] ?? "");
const componentConfigFolder = join(moduleShareFolder("OCPP201"), "component_config");
/** The modules that speak with a CSMS, and their versions. */
const ocppModules = { OCPP201: "2.0.1", OCPP: "1.6" } as const;
export type OcppVersionName = (typeof ocppModules)[keyof typeof ocppModules];

/** How the station reaches its CSMS, with security profile 1. */
export interface CsmsAccess {
  /** Without the identity. */
  readonly url: string;
  readonly identity: string;
  readonly password: string;
}

export interface Installation {
  readonly config: StationConfig;
  readonly ocppVersion: OcppVersionName;
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
  const { dir, files, modules } = options;
  const ocpp = ocppModuleOf(plain);
  await files.makeFolder(join(dir, "data"), 0o700);
  const overrides = overridesFor(plain, options, { [ocpp]: { config_module: await connect[ocpp](options) } });
  const config = await loadConfig({ file: plain.file, files, modules, overrides });
  return { config, ocppVersion: ocppModules[ocpp] };
}

/** @throws UserError when the station has none. */
function ocppModuleOf(config: StationConfig): keyof typeof ocppModules {
  const found = config.modules.find(({ moduleName }) => moduleName in ocppModules)?.moduleName;
  if (found === undefined) moduleIdOf(config, "OCPP201");
  return found as keyof typeof ocppModules;
}

type Connect = (options: InstallationOptions) => Promise<Readonly<Record<string, string>>>;

/** What tells each module where its CSMS is, in files of the demo's own, because a password is in them. */
const connect: Readonly<Record<keyof typeof ocppModules, Connect>> = {
  async OCPP201({ csms, dir, files }) {
    const componentConfig = join(dir, "component_config");
    await copyComponentConfig(files, componentConfigFolder, componentConfig, connectionVariables(csms));
    const data = (name: string) => join(dir, "data", name);
    return {
      DeviceModelConfigPath: componentConfig,
      DeviceModelDatabasePath: data("device_model_storage.db"),
      EverestDeviceModelDatabasePath: data("everest_device_model_storage.db"),
      CoreDatabasePath: data("ocpp201"),
      MessageLogPath: data("ocpp_logs"),
    };
  },
  async OCPP({ csms, dir, files }) {
    const userConfig = join(dir, "user_config.json");
    await files.write(userConfig, JSON.stringify(connectionKeys(csms), null, 2), 0o600);
    return {
      UserConfigPath: userConfig,
      DatabasePath: join(dir, "data", "ocpp16"),
      MessageLogPath: join(dir, "data", "ocpp_logs"),
    };
  },
};

/** A car that speaks nothing newer. */
const dinCar = { supported_DIN70121: true, supported_ISO15118_2: false };

function overridesFor(config: StationConfig, options: InstallationOptions, ocpp: Readonly<Record<string, object>>) {
  const { device, protocol } = options;
  const link = device === undefined ? {} : { device };
  const patches: Readonly<Record<string, object>> = {
    ...ocpp,
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
      ocpp: connection(ocppModuleOf(config), "ocpp_generic"),
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

/** The same in the keys of OCPP 1.6, over those of the station's own file. */
function connectionKeys({ url, identity, password }: CsmsAccess) {
  return {
    Internal: { CentralSystemURI: url, ChargePointId: identity },
    Security: { AuthorizationKey: password, SecurityProfile: 1 },
  };
}
