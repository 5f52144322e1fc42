/** The modules of one process, from their set-up to their stop. */
import { withTimeout } from "../util/clock.ts";
import { UserError } from "../util/errors.ts";
import type { Logger } from "../util/log.ts";
import type { Bus } from "./bus/bus.ts";
import { reasonOf } from "./bus/delivery.ts";
import type { ModulePlan } from "./config.ts";
import type { ConfigurationAccess } from "./configuration.ts";
import { type ContextOptions, createContext, Gate, serve } from "./context.ts";
import type { Manifest } from "./manifest.ts";
import type { Environment, ModuleInstance, ModulePorts } from "./module.ts";
import type { Settings } from "./settings.ts";

/** What a module may take to stop, as in EVerest; after it the others are stopped all the same. */
export const STOP_TIMEOUT_MS = 5000;

export interface GroupOptions {
  /** Those of this process. */
  readonly plans: readonly ModulePlan[];
  /** Ids of the modules that are connected to an implementation of one of them. */
  readonly listenersOf: ContextOptions["listenersOf"];
  readonly settings: Settings;
  readonly ports: ModulePorts & { readonly log: Logger };
  /** What a module may do with the configuration of all. */
  readonly configuration: (moduleId: string) => ConfigurationAccess;
  /** The folders of a module, by the name of the module. */
  readonly env: (moduleName: string) => Environment;
  /** Called when a module wants the station to be started again. */
  readonly restart?: (reason: string) => void;
  /** It is closed with the modules. */
  readonly bus: Bus;
}

interface Running {
  readonly options: ContextOptions;
  readonly instance: ModuleInstance<Manifest>;
}

export class ModuleGroup {
  readonly #options: GroupOptions;
  readonly #gate = new Gate();
  readonly #running: Running[] = [];
  #stopped: Promise<void> | undefined;

  constructor(options: GroupOptions) {
    this.#options = options;
  }

  /**
   * Sets all modules up and puts their commands on the bus; what they publish is held back.
   * @throws UserError with one sentence for each module that failed.
   */
  async setUp(): Promise<void> {
    const { plans, bus } = this.#options;
    await allModules(plans, async (plan) => void this.#running.push(await this.#setUp(plan)));
    this.#running.sort((a, b) => plans.indexOf(a.options.plan) - plans.indexOf(b.options.plan));
    for (const { options, instance } of this.#running) serve(options, instance);
    await bus.settled();
  }

  /**
   * Everybody listens: lets go what was held back and tells all modules that they are ready.
   * @throws UserError with one sentence for each module that failed.
   */
  async ready(): Promise<void> {
    this.#gate.open();
    await allModules(this.#options.plans, async (_plan, i) => this.#running[i]?.instance.ready?.());
  }

  /** Stops every module before those it needs, and the bus. Later calls wait for the first. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  /** Lets every module do what is due when modules elsewhere cannot be reached, each before those it needs. */
  async controlLost(isReachable: (moduleId: string) => boolean): Promise<void> {
    for (const { options, instance } of this.#byNeed()) {
      await within(options, "bring itself into safety", async () => instance.controlLost?.(isReachable));
    }
  }

  async #setUp(plan: ModulePlan): Promise<Running> {
    const { ports, env, bus, settings, listenersOf, restart } = this.#options;
    const log = ports.log.child({ module: plan.id });
    const client = bus.connect(plan.id, log);
    const options = {
      ...{ plan, listenersOf, client, gate: this.#gate, log, ports, settings },
      configuration: this.#options.configuration(plan.id),
      env: env(plan.moduleName),
      ...(restart && { restart }),
    };
    return { options, instance: await plan.module.init(createContext(options)) };
  }

  #byNeed(): Running[] {
    const order = neededFirst(this.#running.map(({ options }) => options.plan));
    return this.#running.toSorted((a, b) => order.indexOf(b.options.plan) - order.indexOf(a.options.plan));
  }

  async #stop(): Promise<void> {
    for (const { options, instance } of this.#byNeed()) {
      await within(options, "stop", async () => instance.stop?.());
      options.client.close();
    }
    await this.#options.bus.close();
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

/** Lets one module act; when it fails or takes too long, that is logged and goes no further. */
async function within({ plan, log, ports }: ContextOptions, what: string, act: () => Promise<void>): Promise<void> {
  try {
    const late = () => log.error({}, `module '${plan.id}' did not ${what} within ${STOP_TIMEOUT_MS} ms`);
    await withTimeout(ports.clock, STOP_TIMEOUT_MS, act(), late);
  } catch (error) {
    log.error({ err: error }, `module '${plan.id}' could not ${what}: ${reasonOf(error)}`);
  }
}
