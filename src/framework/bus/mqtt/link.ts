/** A connection to a broker that is made again whenever it is lost; what is published meanwhile waits. */
import { type Clock, sleep, withTimeout } from "../../../util/clock.ts";
import { UserError } from "../../../util/errors.ts";
import type { Logger } from "../../../util/log.ts";
import type { Random } from "../../../util/random.ts";
import type { Unsubscribe } from "../bus.ts";
import { reasonOf } from "../delivery.ts";
import {
  type BrokerAddress,
  brokerName,
  type Connection,
  type Outgoing,
  openConnection,
  type QualityOfService,
} from "./connection.ts";
import { MAX_PAYLOAD_BYTES } from "./envelope.ts";
import { type FailureReason, type Letter, Outbox } from "./outbox.ts";
import { Subscriber } from "./subscriber.ts";

export interface LinkOptions {
  readonly broker: BrokerAddress;
  readonly clientId: string;
  /** Of subscriptions. */
  readonly qos: QualityOfService;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly will?: Outgoing;
  /** A message that somebody subscribed; no other comes with the same topic and filter at once. */
  readonly message: (topic: string, payload: string) => void;
  /** The connection is there (again) and everything subscribed is in force. */
  readonly connected?: () => void;
  readonly disconnected?: () => void;
}

export interface LinkCounts {
  connections: number;
  sent: number;
  /** Messages that were given up, or perhaps not sent. */
  failed: number;
  received: number;
}

/** Back-off between two attempts: doubled from the first to the last. */
export const FIRST_RETRY_MS = 250;
export const LAST_RETRY_MS = 10_000;
/** How long the last messages may take when a station stops. */
const LINGER_MS = 1000;
const limits = { maxMessages: 20_000, maxBytes: 32 * 1024 * 1024 };

const reasons: Readonly<Record<FailureReason, string>> = {
  full: "too many wait already",
  uncertain: "it is not known whether it was passed on when the connection broke",
  closed: "the station stopped without a connection to the broker",
};

export class Link {
  readonly counts: LinkCounts = { connections: 0, sent: 0, failed: 0, received: 0 };
  readonly #options: LinkOptions;
  readonly #outbox: Outbox;
  readonly #subscriber: Subscriber;
  readonly #stop = new AbortController();
  #connection: Connection | undefined;
  #running: Promise<void> | undefined;
  #lost: (() => void) | undefined;
  /** Messages that did not fit into the outbox since the connection was lost. */
  #refused = 0;

  constructor(options: LinkOptions) {
    this.#options = options;
    const failed = (letters: readonly Letter[], reason: FailureReason) => this.#failed(letters, reason);
    this.#outbox = new Outbox({ ...limits, failed });
    this.#subscriber = new Subscriber(options.qos, (filter) => {
      options.log.error({ filter }, `the broker does not allow ${filter}`);
    });
  }

  get isConnected(): boolean {
    return this.#connection !== undefined;
  }

  /**
   * Resolves when the first connection is there.
   * @throws UserError with the last reason when there is none within `ms`; then the link is closed.
   */
  async start(ms: number): Promise<void> {
    let reason: unknown;
    const first = new Promise<void>((resolve) => {
      this.#running = this.#run(resolve, (error) => {
        reason = error;
      });
    });
    const { broker, clock } = this.#options;
    await withTimeout(clock, ms, first, async () => {
      await this.close();
      const known = reason instanceof UserError ? reason.message : `no answer from ${brokerName(broker)}`;
      throw new UserError(known, {
        key: "settings.mqtt_broker_host",
        fix: "Start the broker, or name another with settings.mqtt_broker_host and mqtt_broker_port or with the variables MQTT_SERVER_ADDRESS and MQTT_SERVER_PORT.",
      });
    });
  }

  publish(letter: Letter): void {
    this.counts.sent++;
    this.#outbox.add(letter);
  }

  /** Takes back what fits and was not sent yet. */
  withdraw(fits: (letter: Letter) => boolean): void {
    this.#outbox.withdraw(fits);
  }

  /** Asks the broker for what the filter covers. */
  subscribe(filter: string): Unsubscribe {
    return this.#subscriber.add(filter);
  }

  /** Resolves when there is a connection and everything subscribed is in force. */
  settled(): Promise<void> {
    return this.#subscriber.settled(this.#stop.signal);
  }

  /** Sends what is still under way, and ends the connection in good order. */
  async close(): Promise<void> {
    const { clock } = this.#options;
    await withTimeout(clock, LINGER_MS, this.#outbox.drained(), () => {});
    this.#stop.abort();
    this.#lost?.();
    await this.#running;
  }

  async #run(first: () => void, refused: (error: unknown) => void): Promise<void> {
    const { clock, log, broker } = this.#options;
    const { signal } = this.#stop;
    let failures = 0;
    while (!signal.aborted) {
      try {
        const lost = this.#connected(await this.#open());
        failures = 0;
        first();
        await lost;
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        refused(error);
        log.warn({ broker: brokerName(broker) }, `${reasonOf(error)}; trying again`);
      }
      if (!signal.aborted) await sleep(clock, this.#backOffMs(failures++), signal);
    }
    await this.#connection?.end();
    this.#connection = undefined;
    this.#outbox.close();
    this.#subscriber.wake();
  }

  #open(): Promise<Connection> {
    const { broker, clientId, will, message } = this.#options;
    return openConnection(
      { broker, clientId, ...(will && { will }) },
      {
        message: (topic, payload) => {
          this.counts.received++;
          if (payload.length > MAX_PAYLOAD_BYTES) this.#dropped(topic, payload.length);
          else message(topic, new TextDecoder().decode(payload));
        },
        received: (id) => this.#outbox.received(id),
        closed: () => this.#disconnected(),
      },
    );
  }

  /** @returns what resolves when the connection is lost or no longer wanted. */
  #connected(connection: Connection): Promise<void> {
    const { log, broker } = this.#options;
    this.#connection = connection;
    this.counts.connections++;
    log.info({ broker: brokerName(broker) }, `connected to the MQTT broker at ${brokerName(broker)}`);
    if (this.#refused > 1) this.#tellFailed(this.#refused, new Set(), reasons.full);
    this.#refused = 0;
    this.#subscriber.connected(connection).then(() => {
      if (this.#connection !== connection) return;
      this.#outbox.connected(connection);
      this.#options.connected?.();
    });
    return new Promise((resolve) => {
      this.#lost = resolve;
    });
  }

  #disconnected(): void {
    const { log, broker } = this.#options;
    log.warn({ broker: brokerName(broker) }, `the connection to the MQTT broker at ${brokerName(broker)} is lost`);
    this.#connection = undefined;
    this.#subscriber.disconnected();
    this.#outbox.disconnected();
    this.#options.disconnected?.();
    this.#lost?.();
  }

  #backOffMs(failures: number): number {
    const [byte = 0] = this.#options.random.bytes(1);
    return Math.min(FIRST_RETRY_MS * 2 ** failures, LAST_RETRY_MS) * (0.75 + byte / 512);
  }

  #failed(letters: readonly Letter[], reason: FailureReason): void {
    this.counts.failed += letters.length;
    // When the outbox is full, every message comes here; the first is told, and how many there were afterwards.
    if (reason === "full" && this.#refused++ > 0) return;
    this.#tellFailed(letters.length, new Set(letters.map(({ topic }) => topic)), reasons[reason]);
  }

  #tellFailed(count: number, topics: ReadonlySet<string>, reason: string): void {
    this.#options.log.error({ count, topics: [...topics].slice(0, 20) }, `${count} messages are not sent: ${reason}`);
  }

  #dropped(topic: string, bytes: number): void {
    this.#options.log.warn({ topic, bytes }, `a message of ${bytes} octets on ${topic} is dropped: it is too long`);
  }
}
