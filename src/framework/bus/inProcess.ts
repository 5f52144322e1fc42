/** The bus of a station whose modules share one process. */
import { type Clock, withTimeout } from "../../util/clock.ts";
import type { Logger } from "../../util/log.ts";
import { CommandError, type Endpoint, type ErrorReport } from "../errors.ts";
import type { Bus, BusClient, CommandHandler, ExternalMqtt, Unsubscribe } from "./bus.ts";
import { answer, deliver, jsonText } from "./delivery.ts";
import { Receivers, remember } from "./receivers.ts";

/** How long EVerest waits for a command's result. */
export const COMMAND_TIMEOUT_MS = 300_000;

export interface BusOptions {
  readonly clock: Clock;
  readonly commandTimeoutMs?: number;
}

interface Server {
  readonly handle: CommandHandler;
  readonly log: Logger;
}

/** What the clients of one bus share. */
interface Exchange {
  readonly internal: Receivers;
  readonly external: Receivers;
  readonly servers: Map<string, Server>;
  readonly clock: Clock;
  readonly timeoutMs: number;
}

const nameOf = ({ moduleId, implementationId }: Endpoint, item: string) => `${moduleId}/${implementationId}/${item}`;
const variableTopic = (source: Endpoint, variable: string) => nameOf(source, `var/${variable}`);
const errorTopic = (source: Endpoint) => nameOf(source, "error");
const ALL_ERRORS = "errors";

function connectExternal(topics: Receivers, log: Logger, undo: Set<() => void>): ExternalMqtt {
  return {
    publish: (topic, payload) => topics.send(topic, payload),
    subscribe(filter, receive) {
      const take = (text: string, topic: string) => deliver(log, topic, () => receive(text, topic));
      return remember(undo, topics.add({ filter, receive: take }));
    },
  };
}

class InProcessClient implements BusClient {
  readonly external: ExternalMqtt;
  readonly #moduleId: string;
  readonly #log: Logger;
  readonly #exchange: Exchange;
  /** Each undoes something that this client has put into the exchange. */
  readonly #undo = new Set<() => void>();
  /** Ends the calls that still wait for their result. */
  readonly #waiting = new Set<() => void>();
  #closed = false;

  constructor(moduleId: string, log: Logger, exchange: Exchange) {
    this.#moduleId = moduleId;
    this.#log = log;
    this.#exchange = exchange;
    this.external = connectExternal(exchange.external, log, this.#undo);
  }

  publish(implementationId: string, variable: string, value: unknown): void {
    const source = { moduleId: this.#moduleId, implementationId };
    this.#exchange.internal.send(variableTopic(source, variable), jsonText(value));
  }

  subscribe(source: Endpoint, variable: string, receive: (value: unknown) => void | Promise<void>): Unsubscribe {
    return this.#receive(variableTopic(source, variable), receive);
  }

  report(error: ErrorReport): void {
    const { module_id, implementation_id } = error.origin;
    const source = { moduleId: module_id, implementationId: implementation_id };
    this.#exchange.internal.send(errorTopic(source), jsonText(error));
    this.#exchange.internal.send(ALL_ERRORS, jsonText(error));
  }

  subscribeErrors(source: Endpoint, receive: (error: ErrorReport) => void | Promise<void>): Unsubscribe {
    return this.#receive(errorTopic(source), (error) => receive(error as ErrorReport));
  }

  subscribeAllErrors(receive: (error: ErrorReport) => void | Promise<void>): Unsubscribe {
    return this.#receive(ALL_ERRORS, (error) => receive(error as ErrorReport));
  }

  serve(implementationId: string, command: string, handle: CommandHandler): void {
    const name = nameOf({ moduleId: this.#moduleId, implementationId }, command);
    this.#exchange.servers.set(name, { handle, log: this.#log });
    this.#undo.add(() => this.#exchange.servers.delete(name));
  }

  async call(target: Endpoint, command: string, args: Readonly<Record<string, unknown>>): Promise<unknown> {
    const { servers, clock, timeoutMs } = this.#exchange;
    const name = nameOf(target, command);
    const copy = JSON.parse(jsonText(args)) as Record<string, unknown>;
    await undefined;
    if (this.#closed) throw new CommandError("Shutdown", `${this.#moduleId} is shut down`);
    const server = servers.get(name);
    if (!server) throw new CommandError("NotReady", `${name}: nobody answers this command`);
    const result = answer(server.log, name, server.handle, copy);
    const late = () => Promise.reject(new CommandError("CmdTimeout", `${name}: no result within ${timeoutMs} ms`));
    return JSON.parse(jsonText(await withTimeout(clock, timeoutMs, this.#unlessClosed(result), late)));
  }

  telemetry(topic: string, payload: string): void {
    this.#exchange.external.send(topic, payload);
  }

  close(): void {
    this.#closed = true;
    for (const end of this.#waiting) end();
    for (const undo of this.#undo) undo();
  }

  #receive(topic: string, receive: (value: unknown) => void | Promise<void>): Unsubscribe {
    const receiver = {
      filter: topic,
      receive: (text: string) => deliver(this.#log, topic, () => receive(JSON.parse(text))),
    };
    return remember(this.#undo, this.#exchange.internal.add(receiver));
  }

  #unlessClosed<T>(result: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const end = () => reject(new CommandError("Shutdown", `${this.#moduleId} was shut down`));
      this.#waiting.add(end);
      result.then(resolve, reject).finally(() => this.#waiting.delete(end));
    });
  }
}

/** @param log gets what receivers outside of modules throw. */
export function createInProcessBus(options: BusOptions, log: Logger): Bus {
  const exchange: Exchange = {
    internal: new Receivers(),
    external: new Receivers(),
    servers: new Map(),
    clock: options.clock,
    timeoutMs: options.commandTimeoutMs ?? COMMAND_TIMEOUT_MS,
  };
  const undo = new Set<() => void>();
  return {
    connect(moduleId, moduleLog) {
      const client = new InProcessClient(moduleId, moduleLog, exchange);
      undo.add(() => client.close());
      return client;
    },
    external: connectExternal(exchange.external, log, undo),
    settled: async () => {},
    async close() {
      for (const end of undo) end();
      undo.clear();
    },
  };
}
