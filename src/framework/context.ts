/** Builds what a module gets to see from its plan, the bus and the ports. */
import { InternalError } from "../util/errors.ts";
import type { Logger } from "../util/log.ts";
import type { BusClient, ExternalMqtt } from "./bus/bus.ts";
import type { Connection } from "./config/wiring.ts";
import type { ModulePlan } from "./config.ts";
import type { ConfigurationAccess } from "./configuration.ts";
import type { Endpoint } from "./errors.ts";
import type { InterfaceDefinition } from "./interface.ts";
import type { Manifest } from "./manifest.ts";
import type { Environment, ModuleContext, ModuleInstance, ModulePorts, Provided, Requirement } from "./module.ts";
import { RaisedErrors } from "./raisedErrors.ts";
import type { Settings } from "./settings.ts";
import { createTelemetry, noTelemetry, type Telemetry } from "./telemetry.ts";
import { validatingHandler, validatingReceiver } from "./validation.ts";

/** Holds back what is sent while not everybody listens yet. */
export class Gate {
  #held: (() => void)[] | undefined = [];

  pass(send: () => void): void {
    if (this.#held) this.#held.push(send);
    else send();
  }

  /** Lets everything held back go, in order, and holds nothing from now on. */
  open(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const send of held) send();
  }
}

export interface ContextOptions {
  readonly plan: ModulePlan;
  /** Ids of the modules that are connected to an implementation. */
  readonly listenersOf: (source: Endpoint) => readonly string[];
  readonly client: BusClient;
  readonly gate: Gate;
  readonly log: Logger;
  readonly ports: ModulePorts;
  readonly settings: Settings;
  readonly configuration: ConfigurationAccess;
  readonly env: Environment;
  /** Absent where nobody can start the station again. */
  readonly restart?: (reason: string) => void;
}

export function createContext(options: ContextOptions): ModuleContext<Manifest> {
  const { plan, client, log, ports, settings, configuration, env } = options;
  const { provides, requires, enable_external_mqtt, enable_global_errors } = plan.module.manifest;
  const { clock, random, trace, files, simulation } = ports;
  return {
    ...{ clock, random, trace, files, simulation },
    moduleId: plan.id,
    log,
    config: plan.config,
    implConfig: plan.implConfig,
    ...(plan.mapping && { mapping: plan.mapping }),
    provides: mapRecord(provides, (_provision, id) => provided(options, id)),
    requires: mapRecord(requires, (requirement, name) =>
      (plan.connections[name] ?? []).map((connection) => required(options, requirement.interface, connection)),
    ),
    externalMqtt: enable_external_mqtt ? client.external : forbiddenExternal(plan.moduleName),
    subscribeAllErrors(receive) {
      if (enable_global_errors) return client.subscribeAllErrors(receive);
      throw new InternalError(
        `module ${plan.moduleName} follows all errors without enable_global_errors in its manifest`,
      );
    },
    telemetry: telemetryOf(options),
    settings,
    configuration,
    env,
    requestRestart(reason) {
      if (options.restart) options.restart(reason);
      else log.error({}, `${reason}: nobody can start this station again, so it goes on`);
    },
  };
}

function telemetryOf({ plan, settings, client, ports }: ContextOptions): Telemetry {
  const { telemetry_enabled, telemetry_prefix: prefix } = settings;
  const { telemetry } = plan.entry;
  if (!telemetry_enabled || !telemetry || !plan.module.manifest.enable_telemetry) return noTelemetry;
  const send = (topic: string, payload: string) => client.telemetry(topic, payload);
  return createTelemetry({ prefix, id: telemetry.id, clock: ports.clock, send });
}

/** Puts the commands of a module that was set up on the bus. @throws InternalError when one is missing. */
export function serve(options: ContextOptions, instance: ModuleInstance<Manifest>): void {
  const { plan, client, settings } = options;
  for (const [id, provision] of Object.entries(plan.module.manifest.provides)) {
    for (const [command, definition] of Object.entries(provision.interface.cmds)) {
      const handle = instance.provides[id]?.[command];
      const name = `${plan.id}.${id}.${command}`;
      if (!handle) throw new InternalError(`module ${plan.moduleName} does not implement ${id}.${command}`);
      client.serve(id, command, settings.validate_schema ? validatingHandler(name, definition, handle) : handle);
    }
  }
}

function mapRecord<T, R>(record: Readonly<Record<string, T>>, map: (value: T, key: string) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]));
}

function provided(
  { plan, listenersOf, client, gate, ports }: ContextOptions,
  implementationId: string,
): Provided<InterfaceDefinition> {
  const mapping = plan.implementationMappings[implementationId];
  const errors = new RaisedErrors({
    origin: { moduleId: plan.id, implementationId },
    ...(mapping && { mapping }),
    clock: ports.clock,
    random: ports.random,
    report: (error) => gate.pass(() => client.report(error)),
  });
  return {
    listeners: listenersOf({ moduleId: plan.id, implementationId }),
    publish: (variable, value) => gate.pass(() => client.publish(implementationId, variable, value)),
    raiseError: (type, details) => errors.raise(type, details),
    clearError: (type, sub_type) => errors.clear(type, sub_type),
    clearErrors: (type) => errors.clearAll(type),
  };
}

function required(
  { client, log, settings }: ContextOptions,
  definition: InterfaceDefinition,
  connection: Connection,
): Requirement<InterfaceDefinition> {
  const { moduleId, implementationId, mapping } = connection;
  const source: Endpoint = { moduleId, implementationId };
  return {
    moduleId,
    implementationId,
    ...(mapping && { mapping }),
    call: (command: string, args: Readonly<Record<string, unknown>> = {}) => client.call(source, command, args),
    subscribe(variable, receive) {
      const schema = definition.vars[variable];
      const take = receive as (value: unknown) => void | Promise<void>;
      const name = `${moduleId}.${implementationId}.${variable}`;
      const checked = settings.validate_schema && schema ? validatingReceiver(name, schema, log, take) : take;
      return client.subscribe(source, variable, checked);
    },
    subscribeErrors: (receive) => client.subscribeErrors(source, receive),
  };
}

function forbiddenExternal(moduleName: string): ExternalMqtt {
  const refuse = () => {
    throw new InternalError(`module ${moduleName} uses external MQTT without enable_external_mqtt in its manifest`);
  };
  return { publish: refuse, subscribe: refuse };
}
