/** A module's configuration as EVerest's manager hands it out, and back from there. */
import type { z } from "zod";
import type { Values } from "../config/values.ts";
import type { ModulePlan } from "../config.ts";
import { type Datatype, MODULE_SCOPE, type Parameter, type Parameters, ParameterValue } from "../configuration.ts";
import { type Json, schemaOf, withinReason } from "./definitions.ts";

const datatypes: Readonly<Record<string, Datatype>> = { boolean: "bool", integer: "integer", number: "number" };

function parametersOf(schema: z.ZodObject | undefined, values: Values): Parameter[] {
  return Object.entries(schema?.shape ?? {}).flatMap(([name, type]) => {
    const value = ParameterValue.safeParse(values[name]);
    if (!value.success) return []; // a key that may be left out and is
    const { type: json, minimum, maximum } = schemaOf(type as z.ZodType);
    const [min_value, max_value] = [withinReason(minimum), withinReason(maximum)];
    const characteristics = {
      datatype: datatypes[String(json)] ?? "string",
      mutability: "ReadOnly" as const,
      ...(min_value !== undefined && { min_value }),
      ...(max_value !== undefined && { max_value }),
    };
    return [{ name, value: value.data, characteristics }];
  });
}

/** By implementation, the module's own under {@link MODULE_SCOPE}. */
export function moduleParameters({ module, config, implConfig }: ModulePlan): Parameters {
  const provisions = Object.entries(module.manifest.provides).map(([id, provision]) => [
    id,
    parametersOf(provision.config, implConfig[id] ?? {}),
  ]);
  return { [MODULE_SCOPE]: parametersOf(module.manifest.config, config), ...Object.fromEntries(provisions) };
}

/** EVerest's form of `mapping`; null for a module of the whole station. */
export function mappingsOf({ entry }: ModulePlan): Json | null {
  const { module, implementations } = entry.mapping;
  const hasModule = module?.evse !== undefined;
  if (!hasModule && Object.keys(implementations).length === 0) return null;
  return { ...(hasModule && { module }), ...(Object.keys(implementations).length > 0 && { implementations }) };
}

function moduleConfig(plan: ModulePlan): Json {
  const { id, moduleName, entry } = plan;
  const connections = Object.entries(plan.connections).filter(([, targets]) => targets.length > 0);
  return {
    standalone: plan.standalone,
    module_name: moduleName,
    module_id: id,
    ...(entry.capabilities.length > 0 && { capabilities: entry.capabilities }),
    ...(entry.telemetry && { telemetry_config: entry.telemetry }),
    telemetry_enabled: entry.telemetry !== undefined,
    configuration_parameters: moduleParameters(plan),
    connections: Object.fromEntries(
      connections.map(([requirement, targets]) => [
        requirement,
        targets.map(({ moduleId, implementationId }, index) => ({
          ...{ module_id: moduleId, implementation_id: implementationId, requirement: { id: requirement, index } },
        })),
      ]),
    ),
    mapping: mappingsOf(plan),
    access: accessOf(plan),
  };
}

function accessOf({ entry }: ModulePlan): Json {
  const { config } = entry.access ?? {};
  if (!config) return {};
  const { allow_global_read = false, allow_global_write = false, allow_set_read_only = false, modules = {} } = config;
  return { config: { allow_global_read, allow_global_write, allow_set_read_only, modules } };
}

/** The configuration of every module, by its id. */
export function moduleConfigurations(plans: readonly ModulePlan[]): Json {
  return Object.fromEntries(plans.map((plan) => [plan.id, moduleConfig(plan)]));
}

/** All that a module in another process must know; `listeners` is for those of ours. */
export interface ModuleAnswer {
  readonly module_config: Json;
  readonly mappings: Json;
  readonly telemetry_config?: Json;
  readonly listeners: Json;
}

export function moduleAnswer(plan: ModulePlan, plans: readonly ModulePlan[], listeners: Json): ModuleAnswer {
  const wanted = new Set(Object.values(plan.connections).flatMap((targets) => targets.map(({ moduleId }) => moduleId)));
  const concerned = plans.filter(({ id }) => wanted.has(id) || id === plan.id);
  return {
    module_config: moduleConfig(plan),
    mappings: Object.fromEntries(concerned.map((each) => [each.id, mappingsOf(each)])),
    ...(plan.entry.telemetry && { telemetry_config: plan.entry.telemetry }),
    listeners,
  };
}
