/** EVerest's topics of an API: `e2m` from the station to programs outside, `m2e` the other way. */
import type { ModuleContext } from "../../framework/module.ts";
import type { manifest } from "./manifest.ts";

export type Context = ModuleContext<typeof manifest>;

/** Longest text taken from outside. */
const MAX_TEXT = 65_536;

export class Topics {
  readonly #ctx: Context;
  readonly #base: string;
  readonly #latched = new Map<string, string>();

  constructor(ctx: Context) {
    this.#ctx = ctx;
    this.#base = `everest_api/1/ocpp_consumer/${ctx.moduleId}`;
  }

  publish(name: string, value: unknown): void {
    this.#ctx.externalMqtt.publish(`${this.#base}/e2m/${name}`, JSON.stringify(value));
  }

  /** Publishes a variable; who asks for it on `…/get` gets the last one. */
  tell(name: string, value: unknown): void {
    if (this.#ctx.config.latch_variable_values) this.#latched.set(name, JSON.stringify(value));
    this.publish(name, value);
  }

  /** Answers requests for the variables that were told; nothing to who asks too early. */
  serveLatched(names: readonly string[]): void {
    if (!this.#ctx.config.latch_variable_values) return;
    for (const name of names) {
      this.take(`${name}/get`, (request) => {
        const { replyTo } = readRequest(request);
        const value = this.#latched.get(name);
        if (replyTo !== "" && value !== undefined) this.#ctx.externalMqtt.publish(replyTo, value);
      });
    }
  }

  /** What programs outside say; what cannot be read is logged and passed over. */
  take(name: string, receive: (value: unknown) => void | Promise<void>): void {
    this.#ctx.externalMqtt.subscribe(`${this.#base}/m2e/${name}`, (payload) => this.#read(name, payload, receive));
  }

  /** Where an answer to us comes in. */
  replyTopic(id: string): string {
    return `${this.#base}/m2e/reply/${id}`;
  }

  /** Answers on the topic that the request names. */
  answer(replyTo: string, value: unknown): void {
    if (replyTo !== "") this.#ctx.externalMqtt.publish(replyTo, JSON.stringify(value));
  }

  #read(name: string, payload: string, receive: (value: unknown) => void | Promise<void>): void | Promise<void> {
    const value = parsed(payload);
    if (value !== undefined) return receive(value);
    this.#ctx.log.warn({ topic: name, payload: payload.slice(0, 200) }, "a message from outside is no JSON");
  }
}

/** An answer's JSON; undefined when it is none. */
export function parsed(payload: string): unknown {
  if (payload.length > MAX_TEXT) return undefined;
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}

/** EVerest's envelope: where the answer goes, and what is asked. */
export function readRequest(request: unknown): { replyTo: string; payload: unknown } {
  const { headers, payload } = (request ?? {}) as { headers?: { replyTo?: unknown }; payload?: unknown };
  const replyTo = headers?.replyTo;
  return { replyTo: typeof replyTo === "string" ? replyTo : "", payload };
}
