/**
 * The other processes of ours on the same broker: which modules they have, and whether they are there. Nothing is retained:
 * who comes says hello to everybody, and everybody to who comes.
 */
import { z } from "zod";
import { jsonText } from "../delivery.ts";
import type { Outgoing } from "./connection.ts";
import { readJson } from "./envelope.ts";
import type { Topics } from "./topics.ts";

const filters = z.array(z.string());
/** What peers say to each other, each on a topic of its own. */
const kinds = {
  /** A connection of this bus, its first or a later one. */
  hello: z.object({ modules: z.array(z.string()), connection: z.int() }),
  bye: z.object({}),
  /** How much did you send on these topics until now? */
  where: z.object({ filters }),
  here: z.object({ counts: z.record(z.string(), z.int().min(1)) }),
  /** Send again what you sent from these numbers on. */
  missed: z.object({ filters, next: z.record(z.string(), z.int().min(1)) }),
  /** One topic's messages once more, or a part of them, each as it was. */
  again: z.object({
    topic: z.string(),
    first: z.int().min(1),
    messages: z.array(z.object({ n: z.int().min(1), text: z.string() })),
  }),
};
type Kinds = typeof kinds;
type Kind = keyof Kinds;
type Said<K extends Kind> = z.infer<Kinds[K]>;
/** What concerns messages; who is there is known here. */
type Question = Exclude<Kind, "hello" | "bye">;

const EVERYBODY = "everybody";

export interface PeersOptions {
  readonly topics: Topics;
  /** The name of this bus. */
  readonly bus: string;
  readonly modules: readonly string[];
  readonly send: (message: Outgoing) => void;
  /** Somebody is there, for the first time or with a new connection. */
  readonly arrived: (bus: string) => void;
  /** The modules that can (not) be reached may have changed. */
  readonly changed: () => void;
  /** What to do with what a peer says. */
  readonly on: { readonly [K in Question]: (bus: string, said: Said<K>) => void };
}

export class Peers {
  readonly #options: PeersOptions;
  /** Before the names of buses in topics. */
  readonly #root: string;
  readonly #present = new Map<string, Said<"hello">>();
  /** Modules of processes that were there, went, and have not come back. */
  readonly #gone = new Set<string>();
  #connection = 0;

  constructor(options: PeersOptions) {
    this.#options = options;
    this.#root = `${options.topics.prefix}plugcharge/`;
  }

  get filters(): string[] {
    return [`${this.#root}${EVERYBODY}/+`, `${this.#root}${this.#options.bus}/+`];
  }

  /** What the broker says when this bus has gone. */
  get will(): Outgoing {
    return this.#message(EVERYBODY, "bye", {});
  }

  get gone(): readonly string[] {
    return [...this.#gone];
  }

  /** Every bus of ours that is there. */
  get present(): readonly string[] {
    return [...this.#present.keys()];
  }

  isPresent(bus: string): boolean {
    return this.#present.has(bus);
  }

  /** Whether a module is in a process of ours that is there. */
  has(moduleId: string): boolean {
    return [...this.#present.values()].some(({ modules }) => modules.includes(moduleId));
  }

  /** To be called with every connection. */
  announce(): void {
    this.#connection++;
    this.#greet(EVERYBODY);
  }

  /** Without a connection nobody is there; who is will say so with the next. */
  forget(): void {
    this.#present.clear();
    this.#options.changed();
  }

  leave(): void {
    this.#say(EVERYBODY, "bye", {});
  }

  say<K extends Question>(bus: string, kind: K, said: Said<K>): void {
    this.#say(bus, kind, said);
  }

  /** Takes a message if it is one between processes of ours. */
  take(topic: string, text: string): boolean {
    if (!topic.startsWith(this.#root)) return false;
    const [to, kind = ""] = topic.slice(this.#root.length).split("/");
    const from = readJson(text, z.object({ from: z.string() }))?.from;
    if (from === undefined || from === this.#options.bus || !Object.hasOwn(kinds, kind)) return true;
    const said = readJson(text, kinds[kind as Kind]);
    if (said) this.#hear(from, to === EVERYBODY, kind as Kind, said);
    return true;
  }

  #hear(from: string, toAll: boolean, kind: Kind, said: Said<Kind>): void {
    if (kind === "bye") this.#left(from);
    else if (kind === "hello") this.#met(from, toAll, said as Said<"hello">);
    else this.#options.on[kind](from, said as never);
  }

  #met(bus: string, toAll: boolean, hello: Said<"hello">): void {
    const { changed, arrived } = this.#options;
    const isKnown = this.#present.get(bus)?.connection === hello.connection;
    this.#present.set(bus, hello);
    for (const id of hello.modules) this.#gone.delete(id);
    if (toAll) this.#greet(bus);
    changed();
    if (!isKnown) arrived(bus);
  }

  #left(bus: string): void {
    for (const id of this.#present.get(bus)?.modules ?? []) this.#gone.add(id);
    this.#present.delete(bus);
    this.#options.changed();
  }

  #greet(bus: string): void {
    this.#say(bus, "hello", { modules: [...this.#options.modules], connection: this.#connection });
  }

  #say<K extends Kind>(bus: string, kind: K, said: Said<K>): void {
    this.#options.send(this.#message(bus, kind, said));
  }

  #message<K extends Kind>(bus: string, kind: K, said: Said<K>): Outgoing {
    const payload = jsonText({ from: this.#options.bus, ...said });
    return { topic: `${this.#root}${bus}/${kind}`, payload, qos: 2, retain: false };
  }
}
