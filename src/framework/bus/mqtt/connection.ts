/** One connection to a broker, from its handshake to its end; mqtt.js behind it. */
import { Socket } from "node:net";
import { UserError } from "../../../util/errors.ts";

/** How to reach a broker. */
export type BrokerAddress =
  | { readonly host: string; readonly port: number }
  | {
      /** A Unix domain socket. */
      readonly socketPath: string;
    };

export const brokerName = (broker: BrokerAddress) =>
  "host" in broker ? `${broker.host}:${broker.port}` : broker.socketPath;

export type QualityOfService = 0 | 1 | 2;

export interface Outgoing {
  readonly topic: string;
  readonly payload: string;
  readonly qos: QualityOfService;
  readonly retain: boolean;
}

export interface ConnectionOptions {
  readonly broker: BrokerAddress;
  readonly clientId: string;
  /** What the broker sends in our name when the connection breaks. */
  readonly will?: Outgoing;
}

export interface ConnectionEvents {
  message(topic: string, payload: Uint8Array): void;
  /** The broker has the message with this number, but may not have passed it on yet. */
  received(messageId: number): void;
  /** The connection is over; not called for an {@link Connection.end} of ours. */
  closed(): void;
}

export interface Connection {
  /**
   * @param done called when the broker has taken it over; never when the connection ends before.
   * @returns a number that tells it from all others under way.
   */
  publish(message: Outgoing, done: () => void): number;
  /** @param refused is told of filters that the broker does not allow. */
  subscribe(filters: readonly string[], qos: QualityOfService, refused: (filter: string) => void): Promise<void>;
  unsubscribe(filters: readonly string[]): Promise<void>;
  /** Ends it in good order. */
  end(): Promise<void>;
}

/** Without an answer for so long, a connection or an attempt counts as broken. */
const CONNECT_TIMEOUT_MS = 5000;
const KEEPALIVE_S = 5;

/** @throws UserError with the reason when there is no broker, or it does not want us. */
export async function openConnection(options: ConnectionOptions, events: ConnectionEvents): Promise<Connection> {
  // A station in one process starts sooner without it.
  const { connect } = await import("mqtt");
  const { broker, clientId, will } = options;
  const client = connect({
    ...("host" in broker ? { host: broker.host, port: broker.port } : { path: broker.socketPath, unixSocket: true }),
    ...{ protocol: "mqtt", protocolVersion: 4, clientId, clean: true },
    ...{ reconnectPeriod: 0, resubscribe: false, connectTimeout: CONNECT_TIMEOUT_MS, keepalive: KEEPALIVE_S },
    ...(will && { will: { ...will, payload: Buffer.from(will.payload) } }),
  });
  // Small packets that answer each other must not wait for more (Nagle).
  if (client.stream instanceof Socket) client.stream.setNoDelay(true);
  let ended = false;
  await new Promise<void>((resolve, reject) => {
    const failed = (error?: Error) => {
      ended = true;
      client.end(true);
      reject(new UserError(`no connection to the MQTT broker at ${brokerName(broker)}: ${reason(error)}`));
    };
    client.once("error", failed);
    client.once("close", failed);
    client.once("connect", () => {
      client.off("error", failed);
      client.off("close", failed);
      resolve();
    });
  });
  client.on("error", () => {}); // "close" follows
  client.on("message", (topic, payload) => {
    if (!ended) events.message(topic, payload);
  });
  client.on("packetreceive", (packet) => {
    if (packet.cmd === "pubrec" && packet.messageId !== undefined) events.received(packet.messageId);
  });
  client.once("close", () => {
    if (ended) return;
    ended = true;
    client.end(true);
    events.closed();
  });
  return {
    publish({ topic, payload, qos, retain }, done) {
      client.publish(topic, payload, { qos, retain }, (error) => {
        if (!error && !ended) done();
      });
      return client.getLastMessageId();
    },
    subscribe: (filters, qos, refused) =>
      new Promise((resolve) => {
        const wanted = Object.fromEntries(filters.map((filter) => [filter, { qos }]));
        client.subscribe(wanted, (_error, _granted, answer) => {
          const codes = answer?.granted ?? [];
          filters.filter((_filter, i) => Number(codes[i]) >= 0x80).forEach(refused);
          resolve();
        });
      }),
    unsubscribe: (filters) => new Promise((resolve) => void client.unsubscribe([...filters], () => resolve())),
    async end() {
      ended = true;
      await client.endAsync();
    },
  };
}

function reason(error: (Error & { code?: string | number }) | undefined): string {
  if (!error) return "it ended the connection";
  // Of several addresses tried, Node names only the errors.
  return error.message || String(error.code ?? error.name);
}
