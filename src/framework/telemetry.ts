/** Telemetry as EVerest publishes it: JSON on topics of their own, for who watches a fleet. */
import { type Clock, isoTime } from "../util/clock.ts";

export type TelemetryEntries = Readonly<Record<string, string | number | boolean>>;

export interface Telemetry {
  /** Whether anybody has asked for it; else publishing does nothing. */
  readonly enabled: boolean;
  /** `timestamp` and `type` are added where they are absent; `type` is then the subcategory. */
  publish(category: string, subcategory: string, entries: TelemetryEntries): void;
}

export interface TelemetryOptions {
  /** `settings.telemetry_prefix`; a slash is put behind it where there is none. */
  readonly prefix: string;
  /** Of the module's entry `telemetry`: part of the topic, and the `connector_id`. */
  readonly id: number;
  readonly clock: Clock;
  send(topic: string, payload: string): void;
}

export const noTelemetry: Telemetry = { enabled: false, publish() {} };

export function createTelemetry({ prefix, id, clock, send }: TelemetryOptions): Telemetry {
  const below = prefix.endsWith("/") ? prefix : `${prefix}/`;
  return {
    enabled: true,
    publish(category, subcategory, entries) {
      const message = { timestamp: isoTime(clock.now()), type: subcategory, ...entries, connector_id: id };
      send(`${below}${category}/${id}/${subcategory}`, JSON.stringify(message));
    },
  };
}
