/** Topics of the world outside on a broker. */
import type { Logger } from "../../../util/log.ts";
import type { ExternalMqtt } from "../bus.ts";
import { deliver } from "../delivery.ts";
import { Receivers, remember } from "../receivers.ts";
import { Link, type LinkOptions } from "./link.ts";

export type ExternalOptions = Pick<LinkOptions, "broker" | "clientId" | "clock" | "random" | "log"> & {
  /** `settings.mqtt_external_prefix`, put before every topic as it is: a slash is part of it or not there. */
  readonly prefix: string;
};

/** As EVerest does, publishes with QoS 2 and subscribes with QoS 0. */
export class ExternalTopics {
  readonly link: Link;
  readonly #prefix: string;
  readonly #receivers = new Receivers();

  constructor({ prefix, ...options }: ExternalOptions) {
    this.#prefix = prefix;
    this.link = new Link({ ...options, qos: 0, message: (topic, payload) => this.#receivers.send(topic, payload) });
  }

  /** As EVerest does, with QoS 0 and without the prefix. */
  telemetry(topic: string, payload: string): void {
    this.link.publish({ topic, payload, qos: 0, retain: false, repeatable: false });
  }

  /** @param log gets what receivers throw. @param undo gets what ends each subscription. */
  connect(log: Logger, undo: Set<() => void>): ExternalMqtt {
    const prefix = this.#prefix;
    return {
      publish: (topic, payload) => {
        this.link.publish({ topic: `${prefix}${topic}`, payload, qos: 2, retain: false, repeatable: false });
      },
      subscribe: (filter, receive) => {
        const take = (text: string, topic: string) =>
          deliver(log, topic, () => receive(text, topic.slice(prefix.length)));
        const forget = this.#receivers.add({ filter: `${prefix}${filter}`, receive: take });
        const unsubscribe = this.link.subscribe(`${prefix}${filter}`);
        return remember(undo, () => {
          forget();
          unsubscribe();
        });
      },
    };
  }
}
