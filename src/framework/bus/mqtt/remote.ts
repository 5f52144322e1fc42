/** What this process and others tell each other over a broker, in EVerest's topics and payloads. */
import type { Logger } from "../../../util/log.ts";
import type { Random } from "../../../util/random.ts";
import type { Unsubscribe } from "../bus.ts";
import type { BusOptions } from "../inProcess.ts";
import { type Receiver, Receivers } from "../receivers.ts";
import { Calls } from "./calls.ts";
import { Commands } from "./commands.ts";
import type { BrokerAddress } from "./connection.ts";
import { type MessageType, seal, unseal } from "./envelope.ts";
import { History, type Missed } from "./history.ts";
import { Link } from "./link.ts";
import { Order } from "./order.ts";
import { Peers } from "./peers.ts";
import { Topics } from "./topics.ts";

export interface RemoteOptions extends Required<BusOptions> {
  readonly broker: BrokerAddress;
  readonly everestPrefix: string;
  /** Ids of the modules of this process. */
  readonly modules: readonly string[];
  readonly random: Random;
  readonly log: Logger;
  /** Called when modules elsewhere may have become reachable or unreachable. */
  readonly changed: () => void;
}

/** For who missed something: seconds of a busy station. */
const historyLimits = { messages: 4096, bytes: 8 * 1024 * 1024 };
const MESSAGES_AT_ONCE = 50;

export class Remote {
  readonly link: Link;
  readonly topics: Topics;
  readonly calls: Calls;
  readonly commands: Commands;
  readonly peers: Peers;
  readonly #log: Logger;
  readonly #receivers = new Receivers();
  readonly #plain = new Receivers();
  readonly #order: Order;
  readonly #history: History;
  readonly #undo: Unsubscribe[];
  /** Filters whose messages come in order. */
  readonly #wanted = new Set<string>();
  /** Those of them that peers have not been told of. */
  #news: string[] = [];
  /** How many questions each peer has not answered. */
  readonly #unanswered = new Map<string, number>();
  readonly #settled: (() => void)[] = [];
  #closed = false;

  constructor(options: RemoteOptions) {
    const { broker, clock, random, log, modules, timeoutMs, changed } = {
      ...options,
      timeoutMs: options.commandTimeoutMs,
    };
    const bus = random.uuid().replaceAll("-", "").slice(0, 20);
    this.#log = log;
    this.topics = new Topics(options.everestPrefix);
    this.#history = new History(bus, historyLimits);
    this.peers = new Peers({
      ...{ topics: this.topics, bus, modules },
      changed: () => {
        for (const peer of this.#unanswered.keys()) if (!this.peers.isPresent(peer)) this.#forgetQuestions(peer);
        changed();
      },
      send: (message) => this.link.publish({ ...message, repeatable: true }),
      arrived: (peer) => this.#catchUp(peer),
      on: {
        where: (peer, { filters }) => this.peers.say(peer, "here", { counts: this.#history.counts(filters) }),
        here: (peer, { counts }) => {
          this.#order.base(peer, counts);
          this.#hear(peer);
        },
        missed: (peer, { filters, next }) => this.#sendAgain(peer, this.#history.since(filters, next)),
        again: (peer, missed) => this.#order.takeMissed(peer, missed),
      },
    });
    this.#order = new Order({
      clock,
      deliver: (topic, text) => this.#receivers.send(topic, text),
      ask: (peer, topic, next) => this.peers.say(peer, "missed", { filters: [topic], next: { [topic]: next } }),
      lost: (topic, from, to) => log.error({ topic, from, to }, `messages ${from} to ${to} on ${topic} are lost`),
    });
    const send = (topic: string, text: string) => this.#send(topic, text);
    const withdraw = (text: string) => this.link.withdraw(({ payload }) => payload === text);
    this.calls = new Calls({ topics: this.topics, clock, random, timeoutMs, send, withdraw });
    this.commands = new Commands({ topics: this.topics, log, send });
    this.link = new Link({
      ...{ broker, clientId: `plugcharge${bus.slice(0, 12)}`, qos: 2, clock, random, log, will: this.peers.will },
      message: (topic, text) => this.#take(topic, text),
      connected: () => {
        this.peers.announce();
        changed();
      },
      disconnected: () => {
        this.peers.forget();
      },
    });
    const commands = modules.map((id) => this.topics.commands(id));
    const results = modules.map((id) => this.topics.results(id));
    this.#undo = [...this.peers.filters, ...commands, ...results].map((filter) => this.link.subscribe(filter));
  }

  /** Sends what modules elsewhere may have subscribed; they get it once and in order. */
  publish(topic: string, type: MessageType, data: unknown): void {
    this.#send(
      topic,
      this.#history.add(topic, (stamp) => seal(type, data, stamp)),
    );
  }

  publishPlain(topic: string, payload: string): void {
    this.#send(topic, payload);
  }

  /** Sends a message of the framework itself, or, with undefined, clears a retained one. */
  announce(topic: string, type: MessageType, data: unknown, retain = false): void {
    if (data === undefined) this.link.publish({ topic, payload: "", qos: 0, retain: true, repeatable: true });
    else this.#send(topic, seal(type, data), retain);
  }

  /** @param receive gets the `data` of what comes. */
  subscribe(filter: string, receive: (data: unknown, topic: string) => void): Unsubscribe {
    this.#listenTo(filter);
    const take = (text: string, topic: string) => {
      const envelope = unseal(text);
      if (envelope) receive(envelope.data, topic);
    };
    return this.#subscribe(this.#receivers, { filter, receive: take });
  }

  /** For the few topics whose messages are not wrapped. */
  subscribePlain(topic: string, receive: (text: string) => void): Unsubscribe {
    return this.#subscribe(this.#plain, { filter: topic, receive });
  }

  /** Resolves when everything subscribed is in force and every peer has said from which message on it counts. */
  async settled(): Promise<void> {
    do {
      await this.link.settled();
      await undefined; // the questions to peers follow
      if (this.#unanswered.size === 0) return;
      await new Promise<void>((resolve) => this.#settled.push(resolve));
    } while (!this.#closed);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const resolve of this.#settled.splice(0)) resolve();
    this.#order.close();
    for (const end of this.#undo) end();
    this.peers.leave();
    await this.link.close();
  }

  #send(topic: string, payload: string, retain = false): void {
    this.link.publish({ topic, payload, qos: 2, retain, repeatable: true });
  }

  #take(topic: string, text: string): void {
    if (this.peers.take(topic, text)) return;
    if (text === "") return; // a retained message was cleared
    const envelope = unseal(text);
    if (!envelope) this.#takePlain(topic, text);
    else if (envelope.msg_type === "Cmd") void this.commands.take(topic, envelope);
    else if (envelope.msg_type === "CmdResult") this.calls.take(envelope);
    else if (envelope.plugcharge) this.#order.take(topic, envelope.plugcharge, text);
    else this.#receivers.send(topic, text);
  }

  #subscribe(receivers: Receivers, receiver: Receiver): Unsubscribe {
    const forget = receivers.add(receiver);
    const unsubscribe = this.link.subscribe(receiver.filter);
    return () => {
      forget();
      unsubscribe();
      if (!receivers.has(receiver.filter)) this.#wanted.delete(receiver.filter);
    };
  }

  #takePlain(topic: string, text: string): void {
    if (this.#plain.has(topic)) this.#plain.send(topic, text);
    else this.#log.warn({ topic }, `a message on ${topic} is dropped: it is none of the framework's`);
  }

  /** Listens to a peer from now on, or, after a time in which messages may have gone lost, from where it was. */
  #catchUp(peer: string): void {
    const [wanted, next] = [[...this.#wanted], this.#order.due(peer)];
    const isBased = this.#order.isBased(peer);
    this.peers.say(peer, "missed", { filters: isBased ? wanted : Object.keys(next), next });
    if (!isBased) this.#askWhere(peer, wanted);
    this.calls.askAgain((moduleId) => this.peers.has(moduleId));
  }

  /** Lets every peer say where it is on the topics of a new subscription, once that is in force. */
  #listenTo(filter: string): void {
    this.#wanted.add(filter);
    this.#news.push(filter);
    if (this.#news.length > 1) return;
    void this.link.settled().then(() => {
      const filters = this.#news;
      this.#news = [];
      for (const peer of this.peers.present) this.#askWhere(peer, filters);
    });
  }

  #askWhere(peer: string, filters: readonly string[]): void {
    this.#unanswered.set(peer, (this.#unanswered.get(peer) ?? 0) + 1);
    this.peers.say(peer, "where", { filters: [...filters] });
  }

  #hear(peer: string): void {
    const left = (this.#unanswered.get(peer) ?? 0) - 1;
    if (left > 0) this.#unanswered.set(peer, left);
    else this.#forgetQuestions(peer);
  }

  /** @param peer that has answered, or will not answer any more. */
  #forgetQuestions(peer: string): void {
    this.#unanswered.delete(peer);
    if (this.#unanswered.size > 0) return;
    for (const resolve of this.#settled.splice(0)) resolve();
  }

  #sendAgain(peer: string, missed: readonly Missed[]): void {
    for (const { topic, first, messages } of missed) {
      for (let i = 0; i === 0 || i < messages.length; i += MESSAGES_AT_ONCE) {
        this.peers.say(peer, "again", { topic, first, messages: messages.slice(i, i + MESSAGES_AT_ONCE) });
      }
    }
  }
}
