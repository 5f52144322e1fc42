/** The manager's side of a station in several processes: hands out configurations, and waits until everybody is ready. */

import { UserError } from "../../util/errors.ts";
import type { MqttBus } from "../bus/mqtt.ts";
import type { ModulePlan, StationConfig } from "../config.ts";
import type { ConfigService } from "./configService.ts";
import { interfaceDefinition, interfacesOf, type Json, manifestDefinition } from "./definitions.ts";

export interface HostOptions {
  readonly config: StationConfig;
  readonly system: MqttBus["system"];
  readonly service: ConfigService;
  /** Modules that others start. */
  readonly elsewhere: readonly ModulePlan[];
  /** Leaves what is only there for the start on the broker. */
  readonly retainTopics: boolean;
}

export class Host {
  readonly #options: HostOptions;
  readonly #missing: Set<string>;
  readonly #retained: string[] = [];
  readonly #undo: (() => void)[] = [];
  #wake = () => {};

  constructor(options: HostOptions) {
    this.#options = options;
    this.#missing = new Set(options.elsewhere.map(({ id }) => id));
  }

  /** Publishes what modules need to start, and answers them. */
  start(): void {
    const { system, service, elsewhere, config } = this.#options;
    this.#undo.push(
      system.subscribe(`${system.topics.prefix}config/request`, (message) => {
        void service.answer(message).then((answer) => {
          if (answer)
            system.announce(`${system.topics.module(answer.to)}/response`, "ConfigurationResponse", answer.response);
        });
      }),
    );
    for (const { id } of elsewhere) {
      this.#undo.push(system.subscribe(`${system.topics.module(id)}/ready`, (data) => this.#ready(id, data)));
    }
    if (elsewhere.length > 0 || this.#options.retainTopics) this.#publish(config);
  }

  /**
   * Resolves when every module that others start is ready.
   * @throws UserError when `signal` is aborted before.
   */
  async everybody(signal?: AbortSignal): Promise<void> {
    signal?.addEventListener("abort", () => this.#wake(), { once: true });
    while (this.#missing.size > 0 && !signal?.aborted) await new Promise<void>((resolve) => (this.#wake = resolve));
    if (this.#missing.size > 0) throw new UserError(`stopped while waiting for ${[...this.#missing].join(", ")}`);
  }

  /** Clears what is no longer needed and tells everybody to begin. */
  begin(): void {
    if (!this.#options.retainTopics) this.#clear();
    this.#announceReady();
  }

  stop(): void {
    for (const undo of this.#undo) undo();
    this.#clear();
  }

  #announceReady(): void {
    const { system } = this.#options;
    system.announce(`${system.topics.prefix}ready`, "GlobalReady", true);
  }

  #clear(): void {
    for (const topic of this.#retained.splice(0))
      this.#options.system.announce(topic, "ConfigurationResponse", undefined);
  }

  #ready(id: string, data: unknown): void {
    if (data !== true) return;
    // One that was started anew waits for the word that the others have had; they take no notice of it.
    if (this.#missing.size === 0) this.#announceReady();
    this.#missing.delete(id);
    if (this.#missing.size === 0) this.#wake();
  }

  #publish({ modules, settings }: StationConfig): void {
    const manifests = new Map(modules.map(({ moduleName, module }) => [moduleName, module.manifest]));
    const interfaces = interfacesOf(manifests.values());
    this.#retain("interfaces", [...interfaces.keys()]);
    for (const [name, it] of interfaces) this.#retain(`interface_definitions/${name}`, interfaceDefinition(it));
    // Definitions hold no references, so there are no types to fetch.
    this.#retain("types", []);
    this.#retain("settings", runtimeSettings(settings));
    for (const [name, manifest] of manifests) {
      const { config, ...definition } = manifestDefinition(manifest);
      this.#retain(`manifests/${name}`, definition);
    }
    this.#retain("module_names", Object.fromEntries(modules.map(({ id, moduleName }) => [id, moduleName])));
  }

  #retain(name: string, data: unknown): void {
    const { system } = this.#options;
    const topic = `${system.topics.prefix}${name}`;
    this.#retained.push(topic);
    system.announce(topic, "ConfigurationResponse", data, true);
  }
}

/** EVerest's RuntimeSettings. Values are checked by each end of ours, so that nobody must fetch schemas. */
function runtimeSettings(settings: StationConfig["settings"]): Json {
  const prefix = settings.prefix ?? "";
  const { telemetry_prefix, telemetry_enabled, forward_exceptions } = settings;
  return {
    prefix,
    etc_dir: `${prefix}/etc/everest`,
    data_dir: `${prefix}/share/everest`,
    modules_dir: settings.modules_dir ?? `${prefix}/libexec/everest/modules`,
    telemetry_prefix: telemetry_prefix.endsWith("/") ? telemetry_prefix : `${telemetry_prefix}/`,
    telemetry_enabled,
    validate_schema: false,
    forward_exceptions,
  };
}
