/** Boot, registration, heartbeat, and what a lost connection means (OCPP 2.0.1 B01 to B04, G02; OCPP 1.6 4.2, 4.6). */
import { readDateTime } from "../ocpp/dateTime.ts";
import { type BackOff, backOffMs } from "../rpc/backOff.ts";
import { type Clock, isoTime, type Timer } from "../util/clock.ts";
import type { Logger } from "../util/log.ts";
import type { Random } from "../util/random.ts";
import type { Tracer } from "../util/trace.ts";
import { inBackground, type Online } from "./block.ts";
import type { Outcome } from "./csms.ts";
import { Periodic } from "./periodic.ts";
import type { StationPort } from "./ports.ts";

/** How long to wait after Pending or Rejected when the CSMS leaves it to the station (interval 0), in seconds. */
const OWN_RETRY_INTERVAL = 30;

/** What every version's BootNotification is answered. */
export interface BootAnswer {
  readonly status: "Accepted" | "Pending" | "Rejected";
  readonly currentTime: string;
  /** In seconds; 0 leaves it to the station. */
  readonly interval: number;
}

export interface RegistrationPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly trace: Tracer;
  readonly station: Pick<StationPort, "publish" | "system">;
  readonly csms: { readonly connected: boolean; registration: BootAnswer["status"] | undefined };
  /** @param triggered whether the CSMS has asked for it. */
  boot(triggered: boolean): Promise<Outcome<BootAnswer>>;
  heartbeat(): Promise<Outcome<{ readonly currentTime: string }>>;
  /** In seconds; 0 is never. */
  heartbeatInterval(): number;
  /** The CSMS has set it. */
  setHeartbeatInterval(seconds: number): void;
  backOff(): BackOff;
  /** Whether the CSMS's clock counts. */
  takesTime(): boolean;
  /** Told when the CSMS may be spoken to. */
  announce(how: Online): void;
}

export class Registration {
  readonly #ports: RegistrationPorts;
  readonly #heartbeat: Periodic;
  #retry: Timer | undefined;
  #failures = 0;
  #offlineSince: number;
  #underWay = false;

  constructor(ports: RegistrationPorts) {
    const { clock } = ports;
    this.#ports = ports;
    this.#offlineSince = clock.monotonic();
    this.#heartbeat = new Periodic(
      clock,
      () => ports.heartbeatInterval() * 1000,
      () => inBackground(ports, "heartbeat", () => this.heartbeat()),
    );
  }

  /** The connection is there: introduce the station, or go on when the CSMS knows it already. */
  connected(): void {
    const { csms, announce } = this.#ports;
    if (csms.registration !== "Accepted") {
      this.#boot(false);
      return;
    }
    this.#heartbeat.start();
    announce({ booted: false, offlineMs: this.#offlineMs() });
  }

  offline(): void {
    this.#offlineSince = this.#ports.clock.monotonic();
    this.stop();
  }

  stop(): void {
    this.#heartbeat.stop();
    this.#retry?.cancel();
    this.#retry = undefined;
  }

  /** On the CSMS's demand. */
  trigger(): void {
    this.#boot(true);
  }

  /** The interval has changed. */
  restartHeartbeat(): void {
    const { connected, registration } = this.#ports.csms;
    if (connected && registration === "Accepted") this.#heartbeat.start();
  }

  async heartbeat(): Promise<void> {
    const outcome = await this.#ports.heartbeat();
    if (outcome.kind === "answered") await this.#setTime(outcome.response.currentTime);
  }

  #boot(triggered: boolean): void {
    if (this.#underWay) return;
    this.#underWay = true;
    inBackground(this.#ports, "BootNotification", async () => {
      try {
        await this.#introduce(triggered);
      } finally {
        this.#underWay = false;
      }
    });
  }

  async #introduce(triggered: boolean): Promise<void> {
    const { boot, csms, announce, setHeartbeatInterval } = this.#ports;
    this.#retry?.cancel();
    const outcome = await boot(triggered);
    if (outcome.kind === "offline") return;
    if (outcome.kind !== "answered") return this.#again(this.#backOff());
    this.#failures = 0;
    const { response } = outcome;
    csms.registration = response.status;
    this.#tell(response);
    if (response.status !== "Accepted") return this.#again((response.interval || OWN_RETRY_INTERVAL) * 1000);
    if (response.interval > 0) setHeartbeatInterval(response.interval);
    this.#heartbeat.start();
    announce({ booted: true, offlineMs: this.#offlineMs() });
    await this.#setTime(response.currentTime);
  }

  #again(ms: number): void {
    const { clock, csms } = this.#ports;
    if (!csms.connected) return;
    this.#retry = clock.setTimer(ms, () => this.#boot(false));
  }

  #backOff(): number {
    const { backOff, random } = this.#ports;
    return backOffMs(this.#failures++, backOff(), random);
  }

  #offlineMs(): number {
    return this.#ports.clock.monotonic() - this.#offlineSince;
  }

  async #setTime(currentTime: string): Promise<void> {
    const { station, takesTime } = this.#ports;
    if (!takesTime()) return;
    await station.system?.set_system_time({ timestamp: isoTime(readDateTime(currentTime)) });
  }

  #tell({ status, currentTime, interval }: BootAnswer): void {
    const { station, trace } = this.#ports;
    const accepted = status === "Accepted";
    station.publish("boot_notification_response", {
      status,
      current_time: isoTime(readDateTime(currentTime)),
      interval,
    });
    trace.add({
      step: 0,
      kind: "decision",
      from: "CSMS",
      title: accepted ? "the CSMS has accepted the station" : `the CSMS has not accepted the station: ${status}`,
      outcome: accepted ? "ok" : "refused",
      rule: "OCPP 1.6 4.2, OCPP 2.0.1 B01 to B03",
      ...(accepted ? {} : { fix: "Register the station's identity and serial number at the CSMS." }),
    });
  }
}
