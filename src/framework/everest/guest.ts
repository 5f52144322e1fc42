/** Modules in a process that a manager elsewhere, ours or EVerest's, hands their configuration: the other end of the host. */
import { z } from "zod";
import { type Clock, sleep } from "../../util/clock.ts";
import { UserError } from "../../util/errors.ts";
import type { Logger } from "../../util/log.ts";
import { own } from "../../util/own.ts";
import type { MqttBus } from "../bus/mqtt.ts";
import { ModuleEntry } from "../config/structure.ts";
import type { Values } from "../config/values.ts";
import type { Connections } from "../config/wiring.ts";
import type { ModulePlan } from "../config.ts";
import { MODULE_SCOPE, Parameter } from "../configuration.ts";
import type { Mapping } from "../errors.ts";
import type { Module } from "../module.ts";

const MappingJson = z.object({ evse: z.int(), connector: z.int().exactOptional() });
const MappingsJson = z
  .object({ module: MappingJson.exactOptional(), implementations: z.record(z.string(), MappingJson).exactOptional() })
  .nullable();
const Target = z.object({ module_id: z.string(), implementation_id: z.string() });

const Answer = z.object({
  module_config: z.object({
    module_name: z.string(),
    configuration_parameters: z.record(z.string(), z.array(Parameter)),
    connections: z.record(z.string(), z.array(Target)).nullable(),
  }),
  mappings: z.record(z.string(), MappingsJson).nullable(),
  /** Only of a manager of ours: who is connected to each implementation. */
  listeners: z.record(z.string(), z.array(z.string())).exactOptional(),
});
type Answer = z.infer<typeof Answer>;
const Response = z.object({ status: z.string(), status_info: z.string(), response: z.unknown() });
const GetResponse = z.object({ type: z.literal("Module"), data: Answer });

/** A manager may be started after its modules; it is asked this often. */
const ASK_AGAIN_MS = 2000;
/** EVerest's manager does not tell; somebody is. */
const SOMEBODY = ["?"];

export interface GuestModule {
  readonly plan: ModulePlan;
  /** Ids of the modules that are connected to an implementation. */
  listeners(implementationId: string): readonly string[];
}

export interface AskOptions {
  readonly id: string;
  readonly system: MqttBus["system"];
  readonly load: (moduleName: string) => Promise<Module>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/**
 * Asks the manager for a module's configuration until there is an answer.
 * @returns undefined when `signal` was aborted.
 * @throws UserError when the manager refuses, or the answer does not fit the module.
 */
export async function askForModule(options: AskOptions): Promise<GuestModule | undefined> {
  const { id, system, log, signal, clock, load } = options;
  const answered = new AbortController();
  const stop = AbortSignal.any([signal, answered.signal]);
  let answer: unknown;
  const end = system.subscribe(`${system.topics.module(id)}/response`, (data) => {
    answer ??= data;
    answered.abort();
  });
  for (let tries = 0; !stop.aborted; tries++) {
    if (tries === 1) log.warn({ module: id }, `no manager has answered for '${id}' yet; asking again`);
    const request = { type: "Get", origin: id, request: { type: "Module" } };
    system.announce(`${system.topics.prefix}config/request`, "ConfigurationRequest", request);
    await sleep(clock, ASK_AGAIN_MS, stop);
  }
  end();
  if (answer === undefined) return undefined;
  const data = readAnswer(id, answer);
  return guestModule(id, data, await load(data.module_config.module_name));
}

function readAnswer(id: string, message: unknown): Answer {
  const response = Response.safeParse(message).data;
  const data = GetResponse.safeParse(response?.response).data?.data;
  if (response?.status === "Ok" && data) return data;
  throw new UserError(
    `the manager gives no configuration for module '${id}': ${response?.status_info || "strange answer"}`,
    {
      fix: `Name a module of the manager's configuration that it does not start itself, with --standalone ${id}.`,
    },
  );
}

function guestModule(id: string, { module_config, mappings, listeners }: Answer, module: Module): GuestModule {
  const { module_name: moduleName, configuration_parameters, connections } = module_config;
  const values = (scope: string, schema: z.ZodObject = z.object({})): Values => {
    const given = own(configuration_parameters, scope) ?? [];
    const checked = schema.safeParse(Object.fromEntries(given.map(({ name, value }) => [name, value])));
    if (checked.success) return checked.data;
    const [issue] = checked.error.issues;
    throw new UserError(`module '${id}' cannot take its configuration: ${issue?.path.join(".")}: ${issue?.message}`);
  };
  const { config, provides, requires } = module.manifest;
  const mappingOf = (moduleId: string, implementationId?: string): Mapping | undefined => {
    const all = own(mappings ?? {}, moduleId);
    return own(all?.implementations ?? {}, implementationId ?? "") ?? all?.module;
  };
  const wired = Object.keys(requires).map((name): [string, Connections[string]] => [
    name,
    (own(connections ?? {}, name) ?? []).map(({ module_id: moduleId, implementation_id: implementationId }) => {
      const mapping = mappingOf(moduleId, implementationId);
      return { moduleId, implementationId, ...(mapping && { mapping }) };
    }),
  ]);
  const mapping = mappingOf(id);
  const mapped = Object.keys(provides).flatMap((name) => {
    const one = mappingOf(id, name);
    return one ? [[name, one] as const] : [];
  });
  const plan: ModulePlan = {
    ...{ id, moduleName, module, standalone: true },
    config: values(MODULE_SCOPE, config),
    implConfig: Object.fromEntries(
      Object.entries(provides).map(([name, { config: own }]) => [name, values(name, own)]),
    ),
    connections: Object.fromEntries(wired),
    ...(mapping && { mapping }),
    implementationMappings: Object.fromEntries(mapped),
    entry: ModuleEntry.parse({ module: moduleName }),
  };
  return { plan, listeners: (name) => (listeners ? (own(listeners, name) ?? []) : SOMEBODY) };
}
