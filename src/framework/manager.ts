/** Starts and stops a station: all of its modules in this process, or those of them that no other process starts. */
import { UserError } from "../util/errors.ts";
import type { Logger } from "../util/log.ts";
import type { Bus, ExternalMqtt } from "./bus/bus.ts";
import { createInProcessBus } from "./bus/inProcess.ts";
import type { MqttBus } from "./bus/mqtt.ts";
import { describeFault } from "./config/faults.ts";
import type { ModulePlan, StationConfig } from "./config.ts";
import type { ParameterStore } from "./configuration.ts";
import { watchControl } from "./control.ts";
import { ConfigService } from "./everest/configService.ts";
import { Host } from "./everest/host.ts";
import { moduleAnswer } from "./everest/moduleConfig.ts";
import type { Environment, ModulePorts } from "./module.ts";
import { ModuleGroup } from "./moduleGroup.ts";
import { allListeners, listenersOf, type Placement, placeModules } from "./station.ts";

export { STOP_TIMEOUT_MS } from "./moduleGroup.ts";
export { type Placement, type PlacementOptions, placeModules } from "./station.ts";

export interface StationOptions {
  /** Checked already, see `checkConfig` and `loadConfig`. */
  readonly config: StationConfig;
  readonly ports: ModulePorts & { readonly log: Logger };
  /** The folders of a module, by the name of the module. */
  readonly env: (moduleName: string) => Environment;
  /** In process when absent; when it is on a broker, its modules are those that are `here`. It is closed with the station. */
  readonly bus?: Bus | MqttBus;
  /** Every module is here when absent. */
  readonly placement?: Placement;
  /** Keeps what modules change of the configuration; when absent, nothing can be changed. */
  readonly store?: ParameterStore;
  /** Leaves what is published for the start on the broker. */
  readonly retainTopics?: boolean;
  /** The modules that are here are set up, others are awaited. */
  readonly waiting?: () => void;
  /** Every module is set up and in touch with the others; what they do when they are ready follows. */
  readonly begun?: () => void;
  /** Ends the wait for modules that others start. */
  readonly signal?: AbortSignal;
  /** How long modules elsewhere may be unreachable before charging is stopped, ms. */
  readonly controlLossMs?: number;
  /** Called when a module wants the station to be started again, as after a reset; absent: nobody can. */
  readonly restart?: (reason: string) => void;
}

export interface Station {
  readonly config: StationConfig;
  /** The world outside, for who started the station. */
  readonly external: ExternalMqtt;
  /** Stops every module before those it needs, and leaves nothing running. Later calls wait for the first. */
  stop(): Promise<void>;
}

/** As long as a lost connection may last while charging, unless somebody says otherwise. */
export const CONTROL_LOSS_MS = 30_000;

const noStore: ParameterStore = {
  save: async () => {
    throw new UserError("this station keeps no changes of its configuration");
  },
};

/**
 * Sets all modules up, then tells all of them that they are ready. When one fails, the others are stopped again.
 * @throws UserError with one sentence for each module that failed.
 */
export async function startStation(options: StationOptions): Promise<Station> {
  const { config, ports, env } = options;
  const placement = options.placement ?? placeModules(config, {});
  for (const warning of config.warnings) ports.log.warn({ key: warning.key }, describeFault(warning));
  const bus = options.bus ?? createInProcessBus({ clock: ports.clock }, ports.log);
  const service = configService(options);
  const group = new ModuleGroup({
    ...{ plans: placement.here, settings: config.settings, ports, env, bus },
    ...(options.restart && { restart: options.restart }),
    listenersOf: (source) => listenersOf(config.modules, source),
    configuration: (moduleId) => service.accessOf(moduleId),
  });
  const remote = "reach" in bus ? (bus as MqttBus) : undefined;
  const host = remote && hostOf(options, placement, remote, service);
  const control = remote && watchControl(group, remote.reach, { controlLossMs: CONTROL_LOSS_MS, ...options });
  const stop = async () => {
    control?.stop();
    host?.stop();
    await group.stop();
  };
  try {
    refuseUnreachable(config, placement, host);
    host?.start();
    await group.setUp();
    if (host && placement.elsewhere.length > 0) options.waiting?.();
    await host?.everybody(options.signal);
    await bus.settled();
    host?.begin();
    options.begun?.();
    await group.ready();
  } catch (error) {
    await stop();
    throw error;
  }
  return { config, external: bus.external, stop };
}

function configService({ config, store = noStore }: StationOptions): ConfigService {
  const { modules: plans } = config;
  const answerFor = (plan: ModulePlan) => moduleAnswer(plan, plans, allListeners(plans, plan));
  return new ConfigService({ plans, store, answerFor });
}

function hostOf(
  { config, retainTopics = false }: StationOptions,
  { elsewhere }: Placement,
  { system }: MqttBus,
  service: ConfigService,
): Host {
  return new Host({ config, system, service, elsewhere, retainTopics });
}

/** A standalone module is started by somebody else, which takes a bus that reaches other processes. */
function refuseUnreachable({ file }: StationConfig, { elsewhere }: Placement, host: Host | undefined): void {
  const [first] = elsewhere;
  if (!first || host) return;
  const message = `module '${first.id}' is standalone, but a station in one process reaches no other`;
  throw new UserError(message, { file, key: `active_modules.${first.id}.standalone`, fix: "Remove the key." });
}
