/**
 * How modules reach each other. In process by default; over an MQTT broker when modules run in several processes, or when
 * others shall look on. Every adapter passes the same compliance suite.
 */
import type { Logger } from "../../util/log.ts";
import type { Endpoint, ErrorReport } from "../errors.ts";

/** Ends a subscription; calling it again is harmless. */
export type Unsubscribe = () => void;

/** Gets the arguments by name and answers the result; throwing is answered with HandlerException. */
export type CommandHandler = (args: Readonly<Record<string, unknown>>) => unknown | Promise<unknown>;

/**
 * One module's access to the bus. Values are JSON: a receiver gets its own copy, without keys that were undefined.
 * Nothing is delivered within the call that caused it; what one module sends arrives in the order it was sent.
 * A receiver that throws is logged with its module's name and disturbs nobody else.
 */
export interface BusClient {
  publish(implementationId: string, variable: string, value: unknown): void;
  subscribe(source: Endpoint, variable: string, receive: (value: unknown) => void | Promise<void>): Unsubscribe;
  /** Answers a command of this module from now on. */
  serve(implementationId: string, command: string, handle: CommandHandler): void;
  /** @throws CommandError when there is no result, with the reason as its code. */
  call(target: Endpoint, command: string, args: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** Tells of an error of one of this module's implementations, active or cleared. */
  report(error: ErrorReport): void;
  subscribeErrors(source: Endpoint, receive: (error: ErrorReport) => void | Promise<void>): Unsubscribe;
  /** Errors of every module of the station. */
  subscribeAllErrors(receive: (error: ErrorReport) => void | Promise<void>): Unsubscribe;
  readonly external: ExternalMqtt;
  /** To the world outside, on a topic that has no prefix put before it. */
  telemetry(topic: string, payload: string): void;
  /** Forgets the module: nothing reaches it any more, calls it waits for end with Shutdown, calls to it with NotReady. */
  close(): void;
}

/** Topics of the world outside, below `settings.mqtt_external_prefix`; payloads are text. */
export interface ExternalMqtt {
  publish(topic: string, payload: string): void;
  /** @param filter may hold the wildcards `+` (one level) and `#` (the rest). */
  subscribe(filter: string, receive: (payload: string, topic: string) => void | Promise<void>): Unsubscribe;
}

export interface Bus {
  /** @param log gets what the module's receivers and handlers throw. */
  connect(moduleId: string, log: Logger): BusClient;
  /** Topics of the world outside for who is no module, such as a program that started the station. */
  readonly external: ExternalMqtt;
  /** Resolves when everything that was subscribed and served so far is in force. */
  settled(): Promise<void>;
  /** Ends all clients. */
  close(): Promise<void>;
}
