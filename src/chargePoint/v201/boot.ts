/** Functional block B of OCPP 2.0.1, first part: boot, registration, heartbeat, and what a lost connection means (B01 to B04, G02). */
import { readDateTime } from "../../ocpp/dateTime.ts";
import type {
  BootNotificationRequest,
  BootNotificationResponse,
  BootReasonEnumType,
} from "../../ocpp/v201/messages.generated.ts";
import { backOffMs } from "../../rpc/backOff.ts";
import { isoTime, type Timer } from "../../util/clock.ts";
import type { TextVariable } from "../deviceModel/variables.ts";
import { Periodic } from "../periodic.ts";
import { type Block, type Core, inBackground, type Online } from "./core.ts";

/** How long to wait after Pending or Rejected when the CSMS leaves it to the station (interval 0), in seconds. */
const OWN_RETRY_INTERVAL = 30;

export class Boot implements Block {
  readonly #core: Core;
  readonly #reason: BootReasonEnumType;
  readonly #announce: (how: Online) => void;
  readonly #heartbeat: Periodic;
  #retry: Timer | undefined;
  #failures = 0;
  #offlineSince: number;
  #underWay = false;

  /** @param announce told when the CSMS may be spoken to. */
  constructor(core: Core, reason: BootReasonEnumType, announce: (how: Online) => void) {
    this.#core = core;
    this.#reason = reason;
    this.#announce = announce;
    this.#offlineSince = core.clock.monotonic();
    const interval = () => (core.model.value("OCPPCommCtrlr.HeartbeatInterval") ?? 0) * 1000;
    this.#heartbeat = new Periodic(core.clock, interval, () => inBackground(core, "heartbeat", () => this.heartbeat()));
    core.model.onChange(({ address }) => {
      if (address === "OCPPCommCtrlr.HeartbeatInterval" && core.csms.online) this.#heartbeat.start();
    });
  }

  /** The connection is there: introduce the station, or go on when the CSMS knows it already. */
  connected(): void {
    if (this.#core.csms.registration !== "Accepted") {
      this.#boot(this.#reason);
      return;
    }
    this.#heartbeat.start();
    this.#announce({ booted: false, offlineMs: this.#offlineMs() });
  }

  offline(): void {
    this.#offlineSince = this.#core.clock.monotonic();
    this.stop();
  }

  stop(): void {
    this.#heartbeat.stop();
    this.#retry?.cancel();
    this.#retry = undefined;
  }

  /** On the CSMS's demand (F06). */
  trigger(): void {
    this.#boot("Triggered");
  }

  async heartbeat(): Promise<void> {
    const outcome = await this.#core.csms.call("Heartbeat", {});
    if (outcome.kind === "answered") await this.#setTime(outcome.response.currentTime);
  }

  #boot(reason: BootReasonEnumType): void {
    if (this.#underWay) return;
    this.#underWay = true;
    inBackground(this.#core, "BootNotification", async () => {
      try {
        await this.#introduce(reason);
      } finally {
        this.#underWay = false;
      }
    });
  }

  async #introduce(reason: BootReasonEnumType): Promise<void> {
    const { csms, model } = this.#core;
    this.#retry?.cancel();
    const outcome = await csms.call("BootNotification", this.#request(reason));
    if (outcome.kind === "offline") return;
    if (outcome.kind !== "answered") return this.#again(this.#backOff());
    this.#failures = 0;
    const { response } = outcome;
    csms.registration = response.status;
    this.#tell(response);
    if (response.status !== "Accepted") return this.#again((response.interval || OWN_RETRY_INTERVAL) * 1000);
    if (response.interval > 0) {
      const interval = { name: "HeartbeatInterval" };
      model.set({ name: "OCPPCommCtrlr" }, interval, "Actual", String(response.interval), "csms");
    }
    this.#heartbeat.start();
    this.#announce({ booted: true, offlineMs: this.#offlineMs() });
    await this.#setTime(response.currentTime);
  }

  #request(reason: BootReasonEnumType): BootNotificationRequest {
    const { model } = this.#core;
    const text = (name: TextVariable) => model.value(name);
    const iccid = text("InternalCtrlr.ICCID");
    const imsi = text("InternalCtrlr.IMSI");
    const modem = { ...(iccid ? { iccid } : {}), ...(imsi ? { imsi } : {}) };
    const serialNumber = text("InternalCtrlr.ChargeBoxSerialNumber");
    const firmwareVersion = text("InternalCtrlr.FirmwareVersion");
    return {
      reason,
      chargingStation: {
        model: text("InternalCtrlr.ChargePointModel") ?? "",
        vendorName: text("InternalCtrlr.ChargePointVendor") ?? "",
        ...(serialNumber ? { serialNumber } : {}),
        ...(firmwareVersion ? { firmwareVersion } : {}),
        ...(iccid || imsi ? { modem } : {}),
      },
    };
  }

  #again(ms: number): void {
    if (!this.#core.csms.connected) return;
    this.#retry = this.#core.clock.setTimer(ms, () => this.#boot(this.#reason));
  }

  #backOff(): number {
    const { model, random } = this.#core;
    const seconds = (
      name: "RetryBackOffWaitMinimum" | "RetryBackOffRandomRange" | "RetryBackOffRepeatTimes",
      otherwise: number,
    ) => model.value(`OCPPCommCtrlr.${name}`) ?? otherwise;
    const backOff = {
      waitMinimumMs: seconds("RetryBackOffWaitMinimum", 1) * 1000,
      randomRangeMs: seconds("RetryBackOffRandomRange", 2) * 1000,
      repeatTimes: seconds("RetryBackOffRepeatTimes", 2),
    };
    return backOffMs(this.#failures++, backOff, random);
  }

  #offlineMs(): number {
    return this.#core.clock.monotonic() - this.#offlineSince;
  }

  /** The CSMS's clock counts when TimeSource says so (B01.FR.06). */
  async #setTime(currentTime: string): Promise<void> {
    const { model, station } = this.#core;
    if (!model.value("ClockCtrlr.TimeSource")?.includes("Heartbeat")) return;
    await station.system?.set_system_time({ timestamp: isoTime(readDateTime(currentTime)) });
  }

  #tell({ status, currentTime, interval }: BootNotificationResponse): void {
    const { station, trace } = this.#core;
    const current_time = isoTime(readDateTime(currentTime));
    station.publish("boot_notification_response", { status, current_time, interval });
    trace.add({
      step: 0,
      kind: "decision",
      from: "CSMS",
      title:
        status === "Accepted"
          ? "the CSMS has accepted the station"
          : `the CSMS has not accepted the station: ${status}`,
      outcome: status === "Accepted" ? "ok" : "refused",
      rule: "OCPP 2.0.1 B01 to B03",
      ...(status === "Accepted" ? {} : { fix: "Register the station's identity and serial number at the CSMS." }),
    });
  }
}
