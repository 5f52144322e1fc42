/** Starts and stops a whole station in one process. */
import { withTimeout } from "../util/clock.ts";
import { UserError } from "../util/errors.ts";
import type { Logger } from "../util/log.ts";
import type { Bus, ExternalMqtt } from "./bus/bus.ts";
import { reasonOf } from "./bus/delivery.ts";
import { createInProcessBus } from "./bus/inProcess.ts";
import { describeFault } from "./config/faults.ts";
import type { ModulePlan, StationConfig } from "./config.ts";
import { type ContextOptions, createContext, Gate, serve } from "./context.ts";
import type { Manifest } from "./manifest.ts";
import type { Environment, ModuleInstance, ModulePorts } from "./module.ts";

/** What a module may take to stop, as in EVerest; after it the others are stopped all the same. */
export const STOP_TIMEOUT_MS = 5000;

export interface StationOptions {
  /** Checked already, see `checkConfig` and `loadConfig`. */
  readonly config: StationConfig;
  readonly ports: ModulePorts & { readonly log: Logger };
  /** The folders of a module, by the name of the module. */
  readonly env: (moduleName: string) => Environment;
  /** In process when absent. It is closed with the station. */
  readonly bus?: Bus;
}

export interface Station {
  readonly config: StationConfig;
  /** The world outside, for who started the station. */
  readonly external: ExternalMqtt;
  /** Stops every module before those it needs, and leaves nothing running. Later calls wait for the first. */
  stop(): Promise<void>;
}

interface Running {
  readonly options: ContextOptions;
  readonly instance: ModuleInstance<Manifest>;
}

/**
 * Sets all modules up, then tells all of them that they are ready. When one fails, the others are stopped again.
 * @throws UserError with one sentence for each module that failed.
 */
export async function startStation(options: StationOptions): Promise<Station> {
  const { config, ports } = options;
  refuseStandalone(config);
  for (const warning of config.warnings) ports.log.warn({ key: warning.key }, describeFault(warning));
  const bus = options.bus ?? createInProcessBus({ clock: ports.clock }, ports.log);
  const gate = new Gate();
  const running: Running[] = [];
  const stop = () => stopAll(running, bus, ports);
  try {
    await allModules(config.modules, async (plan) => void running.push(await setUp(plan, options, bus, gate)));
    running.sort((a, b) => config.modules.indexOf(a.options.plan) - config.modules.indexOf(b.options.plan));
    for (const { options: context, instance } of running) serve(context, instance);
    gate.open();
    await allModules(config.modules, async (_plan, i) => running[i]?.instance.ready?.());
  } catch (error) {
    await stop();
    throw error;
  }
  let stopped: Promise<void> | undefined;
  return {
    config,
    external: bus.external,
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };
}

/** A standalone module is started by somebody else, which takes a bus that reaches other processes. */
function refuseStandalone(config: StationConfig): void {
  for (const { id, standalone } of config.modules) {
    if (!standalone) continue;
    const message = `module '${id}' is standalone, but a station in one process reaches no other`;
    throw new UserError(message, { file: config.file, key: `active_modules.${id}.standalone`, fix: "Remove the key." });
  }
}

/** A module may need its neighbours until it has stopped: the EVSE opens the contactor. Circles are cut where they are found. */
function neededFirst(plans: readonly ModulePlan[]): ModulePlan[] {
  const order = new Set<ModulePlan>();
  const seen = new Set<ModulePlan>();
  const visit = (plan: ModulePlan) => {
    if (seen.has(plan)) return;
    seen.add(plan);
    const needed = new Set(
      Object.values(plan.connections).flatMap((targets) => targets.map((target) => target.moduleId)),
    );
    for (const other of plans) if (needed.has(other.id)) visit(other);
    order.add(plan);
  };
  plans.forEach(visit);
  return [...order];
}

async function setUp(plan: ModulePlan, station: StationOptions, bus: Bus, gate: Gate): Promise<Running> {
  const { config, ports, env } = station;
  const log = ports.log.child({ module: plan.id });
  const client = bus.connect(plan.id, log);
  const environment = env(plan.moduleName);
  const options = {
    plan,
    plans: config.modules,
    client,
    gate,
    log,
    ports,
    settings: config.settings,
    env: environment,
  };
  return { options, instance: await plan.module.init(createContext(options)) };
}

/** Does the same with all modules at once. @throws UserError when it failed with any, after it has ended with all. */
async function allModules(
  plans: readonly ModulePlan[],
  act: (plan: ModulePlan, index: number) => Promise<void>,
): Promise<void> {
  const outcomes = await Promise.allSettled(plans.map(act));
  const failures = outcomes.flatMap((outcome, i) => {
    const plan = plans[i];
    return outcome.status === "rejected" && plan ? [failureOf(plan, outcome.reason)] : [];
  });
  const [first, ...others] = failures;
  if (!first) return;
  if (others.length === 0) throw first;
  throw new UserError(failures.map((failure) => failure.describe()).join("\n"));
}

function failureOf(plan: ModulePlan, reason: unknown): UserError {
  const details = reason instanceof UserError ? reason.details : {};
  return new UserError(`module '${plan.id}' (${plan.moduleName}) did not start: ${reasonOf(reason)}`, details);
}

async function stopAll(running: readonly Running[], bus: Bus, ports: StationOptions["ports"]): Promise<void> {
  const order = neededFirst(running.map(({ options }) => options.plan));
  const byNeed = running.toSorted((a, b) => order.indexOf(b.options.plan) - order.indexOf(a.options.plan));
  for (const { options, instance } of byNeed) {
    await stopOne(options, instance, ports);
    options.client.close();
  }
  await bus.close();
}

async function stopOne(
  { plan, log }: ContextOptions,
  instance: ModuleInstance<Manifest>,
  ports: ModulePorts,
): Promise<void> {
  const stopped = async () => instance.stop?.();
  try {
    const late = () => log.error({}, `module '${plan.id}' did not stop within ${STOP_TIMEOUT_MS} ms`);
    await withTimeout(ports.clock, STOP_TIMEOUT_MS, stopped(), late);
  } catch (error) {
    log.error({ err: error }, `module '${plan.id}' failed while it stopped: ${reasonOf(error)}`);
  }
}
