/** Who is connected to whom, and which module runs where. */
import type { ModulePlan, StationConfig } from "./config.ts";
import type { Endpoint } from "./errors.ts";

export interface PlacementOptions {
  /** Ids of modules that somebody else starts; those that the configuration calls standalone come on top. */
  readonly standalone?: readonly string[];
  /** Ids of modules that nobody starts. */
  readonly ignored?: readonly string[];
}

export interface Placement {
  /** In this process. */
  readonly here: readonly ModulePlan[];
  /** In processes that others start. */
  readonly elsewhere: readonly ModulePlan[];
}

export function placeModules(config: StationConfig, options: PlacementOptions): Placement {
  const [standalone, ignored] = [new Set(options.standalone), new Set(options.ignored)];
  const wanted = config.modules.filter(({ id }) => !ignored.has(id));
  const isElsewhere = (plan: ModulePlan) => plan.standalone || standalone.has(plan.id);
  return { here: wanted.filter((plan) => !isElsewhere(plan)), elsewhere: wanted.filter(isElsewhere) };
}

/** Ids of the modules that are connected to an implementation. */
export function listenersOf(plans: readonly ModulePlan[], source: Endpoint): string[] {
  const isSource = ({ moduleId, implementationId }: Endpoint) =>
    moduleId === source.moduleId && implementationId === source.implementationId;
  return plans.filter(({ connections }) => Object.values(connections).flat().some(isSource)).map(({ id }) => id);
}

/** {@link listenersOf} every implementation of a module. */
export function allListeners(plans: readonly ModulePlan[], { id, module }: ModulePlan): Record<string, string[]> {
  const names = Object.keys(module.manifest.provides);
  return Object.fromEntries(names.map((name) => [name, listenersOf(plans, { moduleId: id, implementationId: name })]));
}
