/** Functional block A of OCPP 2.0.1: security events (A04). */

import { isoTime } from "../../util/clock.ts";
import type { MessageQueue } from "../queue.ts";
import type { Core } from "./core.ts";

/** Events that the CSMS must hear of; all others stay in the station's own log (part 2, appendix 1). */
const critical: readonly string[] = [
  "FirmwareUpdated",
  "SettingSystemTime",
  "StartupOfTheDevice",
  "ResetOrReboot",
  "SecurityLogWasCleared",
  "MemoryExhaustion",
  "TamperDetectionActivated",
  "InvalidFirmwareSignature",
  "InvalidFirmwareSigningCertificate",
  "InvalidCsmsCertificate",
  "InvalidChargingStationCertificate",
  "InvalidTLSVersion",
  "InvalidTLSCipherSuite",
  "MaintenanceLoginAccepted",
  "MaintenanceLoginFailed",
  "CSRGenerationFailed",
];

const MAX_TECH_INFO = 255;

export class SecurityEvents {
  readonly #core: Core;
  readonly #queue: MessageQueue;

  constructor(core: Core, queue: MessageQueue) {
    this.#core = core;
    this.#queue = queue;
  }

  /** Logs and publishes an event; a critical one is kept until the CSMS has it, online or not (A04.FR.02). */
  raise(
    type: string,
    info?: string,
    isCritical = critical.includes(type),
    timestamp = isoTime(this.#core.clock.now()),
  ) {
    const { log, station } = this.#core;
    log.warn({ type, info }, "security event");
    const techInfo = info?.slice(0, MAX_TECH_INFO);
    station.publish("security_event", { type, critical: isCritical, timestamp, ...(info ? { info } : {}) });
    if (!isCritical) return;
    const payload = { type, timestamp, ...(techInfo ? { techInfo } : {}) };
    this.#queue.push({ action: "SecurityEventNotification", payload });
  }
}
