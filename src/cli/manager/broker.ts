/** Which MQTT broker a station uses, if any. */
import { once } from "node:events";
import { connect } from "node:net";
import { type EmbeddedBroker, startBroker } from "../../framework/bus/broker.ts";
import type { BrokerAddress } from "../../framework/bus/mqtt.ts";
import type { Settings } from "../../framework/settings.ts";
import { UserError } from "../../util/errors.ts";
import type { Logger } from "../../util/log.ts";

/** Where EVerest expects a broker. */
export const DEFAULT_BROKER = { host: "localhost", port: 1883 };

export type Env = Readonly<Record<string, string | undefined>>;

/**
 * MQTT_SERVER_ADDRESS and MQTT_SERVER_PORT win over the settings.
 * @returns undefined when nobody names a broker.
 * @throws UserError when a broker has both an address and a socket.
 */
export function namedBroker(settings: Settings, env: Env, log: Logger): BrokerAddress | undefined {
  const { mqtt_broker_socket_path: socketPath, mqtt_broker_host, mqtt_broker_port } = settings;
  const address = env.MQTT_SERVER_ADDRESS || undefined;
  const port = portOf(env.MQTT_SERVER_PORT || undefined, log);
  if (socketPath !== undefined && address !== undefined) {
    const fix = "Unset the variable, or remove the setting.";
    throw new UserError("the broker has both a socket path and the variable MQTT_SERVER_ADDRESS", {
      key: "settings.mqtt_broker_socket_path",
      fix,
    });
  }
  if (socketPath !== undefined) return { socketPath };
  const named = [address, port, mqtt_broker_host, mqtt_broker_port].some((value) => value !== undefined);
  if (!named) return undefined;
  return {
    host: address ?? mqtt_broker_host ?? DEFAULT_BROKER.host,
    port: port ?? mqtt_broker_port ?? DEFAULT_BROKER.port,
  };
}

function portOf(text: string | undefined, log: Logger): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  log.warn({ MQTT_SERVER_PORT: text }, `MQTT_SERVER_PORT is ignored: '${text}' is no port`);
  return undefined;
}

export interface ChosenBroker {
  readonly address: BrokerAddress;
  readonly embedded?: EmbeddedBroker;
}

/**
 * The broker that EVerest expects on this host; where there is none, one of our own in its place.
 * @throws UserError when neither can be had.
 */
export async function defaultBroker(log: Logger): Promise<ChosenBroker> {
  if (await answers(DEFAULT_BROKER)) return { address: DEFAULT_BROKER };
  const embedded = await startBroker(DEFAULT_BROKER.port);
  const { host, port } = embedded;
  log.info({ host, port }, `no broker is named or found: an MQTT broker of our own listens on ${host}:${port}`);
  return { address: { host, port }, embedded };
}

/** Whether somebody listens there. */
async function answers(address: { host: string; port: number }): Promise<boolean> {
  const socket = connect(address);
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
