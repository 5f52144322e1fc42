import { defineModule, type ModuleContext } from "../../framework/module.ts";
import type { ResetType, UploadLogsRequest } from "../../interfaces/types/system.ts";
import { nodeFileTransfer } from "../../transport/fileTransfer.ts";
import { isoTime, type Timer } from "../../util/clock.ts";
import { BootReasons } from "./bootReason.ts";
import { Firmware, UNSIGNED } from "./firmware.ts";
import { Logs } from "./logs.ts";
import { manifest } from "./manifest.ts";

type Context = ModuleContext<typeof manifest>;

/** A clock that is wrong by less is not worth a word. */
const MAX_CLOCK_ERROR_MS = 10_000;

export const System = defineModule(manifest, (ctx) => {
  const { clock, config, provides, requires, log, simulation } = ctx;
  const reasons = new BootReasons(requires.store[0]);
  const resets = new Resets(ctx, reasons);
  const transfer = nodeFileTransfer(clock);
  const attempts = ({ retries, retry_interval_s }: { retries?: number; retry_interval_s?: number }) => ({
    count: retries ?? config.DefaultRetries,
    intervalMs: (retry_interval_s ?? config.DefaultRetryInterval) * 1000,
  });
  const ports = { clock, log, transfer, attempts, delayFactor: simulation.delayFactor };
  const firmware = new Firmware({
    ...ports,
    tell: (status) => provides.main.publish("firmware_update_status", status),
    async onInstalled({ request_id }) {
      if (request_id === UNSIGNED) return reasons.remember("FirmwareUpdate");
      if (!config.ResetAfterUpdate) return log.info({}, "firmware was installed; ResetAfterUpdate is false: no reset");
      provides.main.publish("firmware_update_status", { firmware_update_status: "InstallRebooting", request_id });
      await reasons.remember("FirmwareUpdate");
      await resets.begin("Hard");
    },
  });
  const logs = new Logs({
    ...ports,
    content: (request) => diagnostics(ctx, request),
    tell: (status) => provides.main.publish("log_status", status),
  });
  return {
    provides: {
      main: {
        update_firmware: ({ firmware_update_request }) => firmware.update(firmware_update_request),
        /** Nothing waits for it: nothing is replaced. */
        allow_firmware_installation: () => null,
        upload_logs: ({ upload_logs_request }) => logs.upload(upload_logs_request),
        is_reset_allowed: () => true,
        async reset({ type }) {
          await resets.begin(type);
          return null;
        },
        set_system_time: ({ timestamp }) => isOnTime(ctx, timestamp),
        get_boot_reason: () => reasons.take(),
        configure_network: () => ({ status: "NotSupported" as const }),
      },
    },
    async stop() {
      resets.stop();
      await Promise.all([firmware.stop(), logs.stop()]);
    },
  };
});

class Resets {
  readonly #ctx: Context;
  readonly #reasons: BootReasons;
  #timer: Timer | undefined;

  constructor(ctx: Context, reasons: BootReasons) {
    this.#ctx = ctx;
    this.#reasons = reasons;
  }

  /** The answer to who has ordered it goes first. */
  async begin(type: ResetType): Promise<void> {
    const { clock, config, log, requestRestart } = this.#ctx;
    if (this.#timer) return;
    log.info({ type, delay_s: config.ResetDelay }, "a reset is ordered");
    if (!(await this.#reasons.isKnown())) await this.#reasons.remember("RemoteReset");
    this.#timer = clock.setTimer(config.ResetDelay * 1000, () => requestRestart(`reset (${type})`));
  }

  stop(): void {
    this.#timer?.cancel();
  }
}

/** The clock belongs to the operating system, which has better means than the time in a message. */
function isOnTime({ clock, log }: Context, timestamp: string): boolean {
  const error = Date.parse(timestamp) - clock.now();
  const isRight = Math.abs(error) < MAX_CLOCK_ERROR_MS;
  if (!isRight) {
    const seconds = Math.round(error / 1000);
    log.warn({ timestamp }, `the clock differs from the CSMS's by ${seconds} s and is not set: let NTP set it`);
  }
  return isRight;
}

/** What this process knows of itself. */
function diagnostics({ clock, moduleId }: Context, { type, oldest_timestamp, latest_timestamp }: UploadLogsRequest) {
  const { version, platform, arch } = process;
  const about = {
    ...{ module_id: moduleId, time: isoTime(clock.now()), uptime_s: Math.round(process.uptime()) },
    ...{ node: version, platform, arch, memory: process.memoryUsage() },
    request: { type, oldest_timestamp, latest_timestamp },
  };
  return new TextEncoder().encode(`${JSON.stringify({ diagnostics: about }, undefined, 2)}\n`);
}
