/**
 * The bus of a station whose modules run in several processes, or that others look on: EVerest's topics and payloads on
 * an MQTT broker. What modules of one process tell each other takes the short way too, so that a lost broker does not part
 * an EVSE from its contactor; everything they say is on the broker all the same.
 */
import type { Logger } from "../../util/log.ts";
import type { Random } from "../../util/random.ts";
import type { Endpoint, ErrorReport } from "../errors.ts";
import type { Bus, BusClient, CommandHandler, ExternalMqtt, Unsubscribe } from "./bus.ts";
import { deliver } from "./delivery.ts";
import { type BusOptions, COMMAND_TIMEOUT_MS, createInProcessBus } from "./inProcess.ts";
import type { BrokerAddress } from "./mqtt/connection.ts";
import { ExternalTopics } from "./mqtt/external.ts";
import type { LinkCounts } from "./mqtt/link.ts";
import { Remote } from "./mqtt/remote.ts";
import { remember } from "./receivers.ts";

export type { BrokerAddress } from "./mqtt/connection.ts";
export type { LinkCounts } from "./mqtt/link.ts";

export interface MqttBusOptions extends BusOptions {
  readonly broker: BrokerAddress;
  /** `settings.mqtt_everest_prefix` and `settings.mqtt_external_prefix`. */
  readonly everestPrefix: string;
  readonly externalPrefix: string;
  /** Ids of the modules of this process. */
  readonly modules: readonly string[];
  readonly random: Random;
  /** How long the broker may take to be there at the start. */
  readonly startTimeoutMs: number;
}

/** What stands between this process and the modules elsewhere. */
export interface Reach {
  /** Whether the broker is there, and every module of another process of ours that ever was. */
  readonly complete: boolean;
  /** In words, when it is not complete. */
  readonly missing: string;
  /** Whether a module is in this process, or can be reached as far as is known. */
  has(moduleId: string): boolean;
  onChange(listener: () => void): Unsubscribe;
}

export interface MqttBus extends Bus {
  readonly reach: Reach;
  /** The framework's own messages. */
  readonly system: Pick<Remote, "topics" | "announce" | "subscribe" | "publishPlain" | "subscribePlain">;
  readonly counts: { readonly internal: LinkCounts; readonly external: LinkCounts };
}

class MqttClient implements BusClient {
  readonly external: ExternalMqtt;
  readonly #moduleId: string;
  readonly #log: Logger;
  readonly #near: BusClient;
  readonly #far: Remote;
  readonly #isNear: (moduleId: string) => boolean;
  readonly #topics: ExternalTopics;
  readonly #undo = new Set<() => void>();
  #closed = false;

  constructor(
    moduleId: string,
    log: Logger,
    bus: { near: Bus; far: Remote; external: ExternalTopics; isNear: (moduleId: string) => boolean },
  ) {
    this.#moduleId = moduleId;
    this.#log = log;
    this.#near = bus.near.connect(moduleId, log);
    this.#far = bus.far;
    this.#isNear = bus.isNear;
    this.#topics = bus.external;
    this.external = bus.external.connect(log, this.#undo);
  }

  publish(implementationId: string, variable: string, value: unknown): void {
    this.#near.publish(implementationId, variable, value);
    const topic = this.#far.topics.variable({ moduleId: this.#moduleId, implementationId }, variable);
    this.#far.publish(topic, "Var", { data: value ?? null });
  }

  subscribe(source: Endpoint, variable: string, receive: (value: unknown) => void | Promise<void>): Unsubscribe {
    if (this.#isNear(source.moduleId)) return this.#near.subscribe(source, variable, receive);
    return this.#receive(this.#far.topics.variable(source, variable), (data) => receive(Object(data).data));
  }

  report(error: ErrorReport): void {
    this.#near.report(error);
    const { module_id, implementation_id } = error.origin;
    const source = { moduleId: module_id, implementationId: implementation_id };
    const kind = error.state === "Active" ? "RaiseError" : "ClearError";
    this.#far.publish(this.#far.topics.error(source, error.type), kind, error);
  }

  subscribeErrors(source: Endpoint, receive: (error: ErrorReport) => void | Promise<void>): Unsubscribe {
    if (this.#isNear(source.moduleId)) return this.#near.subscribeErrors(source, receive);
    return this.#receive(this.#far.topics.error(source, "#"), (error) => receive(error as ErrorReport));
  }

  subscribeAllErrors(receive: (error: ErrorReport) => void | Promise<void>): Unsubscribe {
    const near = this.#near.subscribeAllErrors(receive);
    const everywhere = this.#far.topics.error({ moduleId: "+", implementationId: "+" }, "#");
    const far = this.#receive(everywhere, (data) => {
      const error = data as ErrorReport;
      if (!this.#isNear(error.origin.module_id)) return receive(error);
    });
    return () => {
      near();
      far();
    };
  }

  serve(implementationId: string, command: string, handle: CommandHandler): void {
    this.#near.serve(implementationId, command, handle);
    this.#far.commands.serve({ moduleId: this.#moduleId, implementationId, command }, handle, this.#log);
  }

  call(target: Endpoint, command: string, args: Readonly<Record<string, unknown>>): Promise<unknown> {
    const near = this.#closed || this.#isNear(target.moduleId);
    return near ? this.#near.call(target, command, args) : this.#far.calls.call(this.#moduleId, target, command, args);
  }

  telemetry(topic: string, payload: string): void {
    this.#topics.telemetry(topic, payload);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#near.close();
    this.#far.commands.close(this.#moduleId);
    this.#far.calls.close(this.#moduleId);
    for (const undo of this.#undo) undo();
  }

  #receive(filter: string, receive: (data: unknown) => void | Promise<void>): Unsubscribe {
    const take = (data: unknown, topic: string) => deliver(this.#log, topic, () => receive(data));
    return remember(this.#undo, this.#far.subscribe(filter, take));
  }
}

/**
 * @param log gets what receivers outside of modules throw, and what happens to the connection.
 * @throws UserError when the broker is not there in time.
 */
export async function createMqttBus(options: MqttBusOptions, log: Logger): Promise<MqttBus> {
  const { broker, clock, random, modules, startTimeoutMs, commandTimeoutMs = COMMAND_TIMEOUT_MS } = options;
  const listeners = new Set<() => void>();
  const changed = () => {
    for (const listener of listeners) listener();
  };
  const near = createInProcessBus({ clock, commandTimeoutMs }, log);
  const { everestPrefix, externalPrefix: prefix } = options;
  const far = new Remote({ broker, everestPrefix, modules, clock, commandTimeoutMs, random, log, changed });
  const clientId = `plugchargex${random.uuid().slice(0, 8)}`;
  const external = new ExternalTopics({ broker, clientId, clock, random, log, prefix });
  const links = [far.link, external.link];
  try {
    await Promise.all(links.map((link) => link.start(startTimeoutMs)));
  } catch (error) {
    await Promise.all(links.map((link) => link.close()));
    throw error;
  }
  const local = new Set(modules);
  const undo = new Set<() => void>();
  return {
    connect(moduleId, moduleLog) {
      const client = new MqttClient(moduleId, moduleLog, { near, far, external, isNear: (id) => local.has(id) });
      undo.add(() => client.close());
      return client;
    },
    external: external.connect(log, undo),
    settled: async () => void (await Promise.all([far.settled(), external.link.settled()])),
    async close() {
      for (const end of undo) end();
      undo.clear();
      await Promise.all([near.close(), far.close(), external.link.close()]);
    },
    reach: reachOf(far, local, listeners),
    system: far,
    counts: { internal: far.link.counts, external: external.link.counts },
  };
}

function reachOf(far: Remote, local: ReadonlySet<string>, listeners: Set<() => void>): Reach {
  return {
    get complete() {
      return far.link.isConnected && far.peers.gone.length === 0;
    },
    get missing() {
      return far.link.isConnected ? `modules ${far.peers.gone.join(", ")}` : "the MQTT broker";
    },
    has: (moduleId) => local.has(moduleId) || (far.link.isConnected && !far.peers.gone.includes(moduleId)),
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
