/** A module: a manifest and the function that brings it to life. The compiler holds the one against the other. */
import { resolve } from "node:path";
import type { Clock } from "../util/clock.ts";
import type { Files } from "../util/files.ts";
import type { Logger } from "../util/log.ts";
import type { Random } from "../util/random.ts";
import type { Tracer } from "../util/trace.ts";
import type { ExternalMqtt, Unsubscribe } from "./bus/bus.ts";
import type { ConfigurationAccess } from "./configuration.ts";
import type { ErrorReport, Mapping, Severity } from "./errors.ts";
import type {
  CallArguments,
  CommandName,
  Commands,
  ErrorType,
  InterfaceDefinition,
  ResultOf,
  VariableName,
  VariableValue,
} from "./interface.ts";
import type { ConfigOf, Manifest } from "./manifest.ts";
import type { Settings } from "./settings.ts";
import type { Telemetry } from "./telemetry.ts";

/** A connection to another module's implementation. */
export interface Requirement<I extends InterfaceDefinition> {
  readonly moduleId: string;
  readonly implementationId: string;
  /** The mapping of that implementation, else of its module; absent when it belongs to the whole station. */
  readonly mapping?: Mapping;
  /** @throws CommandError when there is no result. From `ready()` on; before, other modules cannot answer yet. */
  call<Name extends CommandName<I>>(...call: CallArguments<I, Name>): Promise<ResultOf<I["cmds"][Name]>>;
  /** Values come in the order they were published; a rejected promise is logged. Subscribe while the module is set up, or values are missed. */
  subscribe<Name extends VariableName<I>>(
    variable: Name,
    receive: (value: VariableValue<I, Name>) => void | Promise<void>,
  ): Unsubscribe;
  /** Errors raised (`state` Active) and cleared. */
  subscribeErrors(receive: (error: ErrorReport) => void | Promise<void>): Unsubscribe;
}

/** What an error says beside its type; `description` defaults to the message, `severity` to High, `sub_type` to "". */
export interface ErrorDetails {
  readonly message: string;
  readonly description?: string;
  readonly severity?: Severity;
  readonly sub_type?: string;
  readonly vendor_id?: string;
}

/** One of the module's own implementations, to speak with. */
export interface Provided<I extends InterfaceDefinition> {
  /** Ids of the modules that are connected to it. When there is none, nobody hears what is published. */
  readonly listeners: readonly string[];
  /** What is published before the station is ready reaches every subscriber when it is. */
  publish<Name extends VariableName<I>>(variable: Name, value: VariableValue<I, Name>): void;
  /** Raising what is active already does nothing. */
  raiseError(type: ErrorType<I>, details: ErrorDetails): void;
  /** Clearing what is not active does nothing. */
  clearError(type: ErrorType<I>, sub_type?: string): void;
  /** Clears every active error of this implementation, or those of one type whatever their `sub_type`. */
  clearErrors(type?: ErrorType<I>): void;
}

/** How the simulated hardware behaves. */
export interface Simulation {
  /** 1 = as slow as the real thing, 0 = without delay. */
  readonly delayFactor: number;
  /** UDP port of the SECC discovery instead of 15118, so that several stations can run on one host. */
  readonly sdpPort?: number;
}

/** Folders of the installation. */
export interface Environment {
  /** Relative certificate paths are below it. */
  readonly certsDir: string;
  /** The module's own read-only files, such as OCPP component configurations. */
  readonly shareDir: string;
  /** Relative paths of what modules keep are below it; absent: below the working directory. */
  readonly dataDir?: string;
}

/** Where something that a module keeps is, by the path that its configuration names. */
export function dataPath({ dataDir = "" }: Environment, path: string): string {
  return resolve(dataDir, path);
}

/** What the outside world looks like to modules. */
export interface ModulePorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly trace: Tracer;
  readonly files: Files;
  readonly simulation: Simulation;
}

/** All that a module knows and can do. */
export interface ModuleContext<M extends Manifest> extends ModulePorts {
  readonly moduleId: string;
  /** Carries the module's id and name. */
  readonly log: Logger;
  readonly config: ConfigOf<M["config"]>;
  readonly implConfig: { readonly [Id in keyof M["provides"]]: ConfigOf<M["provides"][Id]["config"]> };
  /** Of the module; absent = it belongs to the whole station. */
  readonly mapping?: Mapping;
  readonly provides: { readonly [Id in keyof M["provides"]]: Provided<M["provides"][Id]["interface"]> };
  readonly requires: { readonly [Id in keyof M["requires"]]: readonly Requirement<M["requires"][Id]["interface"]>[] };
  readonly externalMqtt: ExternalMqtt;
  /** Of a module whose manifest has `enable_telemetry`, where settings and configuration ask for it. */
  readonly telemetry: Telemetry;
  /** Errors raised and cleared by every module of the station, for a module whose manifest has `enable_global_errors`. */
  subscribeAllErrors(receive: (error: ErrorReport) => void | Promise<void>): Unsubscribe;
  readonly settings: Settings;
  /** The configuration of the station's modules, as far as this one may see and change it. */
  readonly configuration: ConfigurationAccess;
  readonly env: Environment;
  /** Ends this process in order, as a failure after which whoever supervises the station starts it again; for resets. */
  requestRestart(reason: string): void;
}

/** A module that was set up. */
export interface ModuleInstance<M extends Manifest> {
  /** A function for every command of every provided interface. They may be called as soon as any module is ready. */
  readonly provides: { readonly [Id in keyof M["provides"]]: Commands<M["provides"][Id]["interface"]> };
  /** Called when every module is set up; other modules can be called from here on. */
  ready?(): void | Promise<void>;
  /**
   * Modules in other processes have not been reachable for longer than the station allows. A module that others should be
   * able to stop, and cannot, brings what it does to an end.
   */
  controlLost?(isReachable: (moduleId: string) => boolean): void | Promise<void>;
  /** Ends everything the module has under way: timers, sockets, files. Its subscriptions end by themselves. */
  stop?(): void | Promise<void>;
}

/** A module as the manager handles it; without argument, one of any manifest. */
export interface Module<M extends Manifest = Manifest> {
  readonly manifest: M;
  /** Sets one instance up. A {@link UserError} or PeerError thrown here is reported as the reason why the station does not start. */
  init(context: ModuleContext<Manifest>): ModuleInstance<Manifest> | Promise<ModuleInstance<Manifest>>;
}

/**
 * @param init sets one instance up: subscribe here, call nobody yet, and give back the commands.
 */
export function defineModule<M extends Manifest>(
  manifest: M,
  init: (context: ModuleContext<M>) => ModuleInstance<M> | Promise<ModuleInstance<M>>,
): Module<M> {
  // The manager builds the context from this very manifest, so its general type holds this special one.
  return { manifest, init: init as unknown as Module["init"] };
}
