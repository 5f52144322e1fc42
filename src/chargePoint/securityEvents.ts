/** Security events: logged, published, and told to the CSMS when they matter (OCPP 2.0.1 A04; security whitepaper of OCPP 1.6). */
import type { Clock } from "../util/clock.ts";
import { isoTime } from "../util/clock.ts";
import type { Logger } from "../util/log.ts";
import type { StationPort } from "./ports.ts";
import type { MessageQueue } from "./queue.ts";

export interface SecurityEventPorts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly station: Pick<StationPort, "publish">;
  readonly queue: MessageQueue;
  /** Whether the CSMS must hear of events of this type; all others stay in the station's own log. */
  isCritical(type: string): boolean;
  /** Whether the CSMS wants to hear of none. */
  silenced?(): boolean;
}

const MAX_TECH_INFO = 255;

export class SecurityEvents {
  readonly #ports: SecurityEventPorts;

  constructor(ports: SecurityEventPorts) {
    this.#ports = ports;
  }

  /** Logs and publishes an event; a critical one is kept until the CSMS has it, online or not (A04.FR.02). */
  raise(
    type: string,
    info?: string,
    critical = this.#ports.isCritical(type),
    timestamp = isoTime(this.#ports.clock.now()),
  ): void {
    const { log, station, queue, silenced } = this.#ports;
    log.warn({ type, info }, "security event");
    const techInfo = info?.slice(0, MAX_TECH_INFO);
    station.publish("security_event", { type, critical, timestamp, ...(info ? { info } : {}) });
    if (!critical || silenced?.()) return;
    queue.push({
      action: "SecurityEventNotification",
      payload: { type, timestamp, ...(techInfo ? { techInfo } : {}) },
    });
  }
}
