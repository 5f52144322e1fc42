import { describe, expect, it } from "vitest";
import { type SessionEvent, SessionEventEnum } from "../../../src/interfaces/types/evse_manager.ts";
import type { Powermeter } from "../../../src/interfaces/types/powermeter.ts";
import { SessionInfo } from "../../../src/modules/API/sessionInfo.ts";
import { ManualClock } from "../../../src/util/manualClock.ts";

const timestamp = "2026-01-01T00:00:00.000Z";
const event = (name: SessionEventEnum, more: Partial<SessionEvent> = {}): SessionEvent => ({
  ...{ uuid: "1", timestamp, event: name },
  ...more,
});
const meter = (Wh: number, exported?: number): Powermeter => ({
  ...{ timestamp, energy_Wh_import: { total: Wh } },
  ...(exported !== undefined && { energy_Wh_export: { total: exported } }),
});

/** EVerest's API module (SessionInfo::update_state); events that are not here change nothing. */
const states: Readonly<Partial<Record<SessionEventEnum, string>>> = {
  Enabled: "Unplugged",
  Disabled: "Disabled",
  AuthRequired: "AuthRequired",
  SessionStarted: "Preparing",
  TransactionStarted: "Preparing",
  PrepareCharging: "Preparing",
  ChargingStarted: "Charging",
  ChargingPausedEV: "ChargingPausedEV",
  ChargingPausedEVSE: "ChargingPausedEVSE",
  StoppingCharging: "FinishedEV",
  ChargingFinished: "Finished",
  TransactionFinished: "Finished",
  PluginTimeout: "AuthTimeout",
  ReservationStart: "Reserved",
  ReservationEnd: "Unplugged",
  SessionFinished: "Unplugged",
};

describe("what is told of a session", () => {
  it.each(SessionEventEnum.options)("%s leads to EVerest's state", (name) => {
    const info = new SessionInfo(new ManualClock());
    expect(info.tell().state).toBe("Unknown");
    info.onEvent(event(name));
    expect(info.tell().state).toBe(states[name] ?? "Unknown");
  });

  it("tells who has stopped it", () => {
    const info = new SessionInfo(new ManualClock());
    info.onEvent(event("TransactionFinished", { transaction_finished: { meter_value: meter(1), reason: "Local" } }));
    expect(info.tell().state).toBe("FinishedEVSE");
  });

  it("counts energy and time from the beginning of the transaction to its end", async () => {
    const clock = new ManualClock();
    const info = new SessionInfo(clock);
    info.onPowermeter({ ...meter(50), power_W: { total: 7.5 } });
    expect(info.tell()).toMatchObject({ charged_energy_wh: 0, charging_duration_s: 0, latest_total_w: 7.5 });
    const begin = {
      id_tag: { id_token: { value: "A", type: "Local" }, authorization_type: "RFID" },
      meter_value: meter(100, 10),
    };
    info.onEvent(event("TransactionStarted", { transaction_started: begin as never }));
    info.onEvent(event("ChargingStarted"));
    await clock.advance(90_500);
    info.onPowermeter(meter(150.9, 12));
    expect(info.tell()).toMatchObject({ charged_energy_wh: 50, discharged_energy_wh: 2, charging_duration_s: 90 });
    await clock.advance(10_000);
    info.onEvent(event("TransactionFinished", { transaction_finished: { meter_value: meter(160, 13) } }));
    await clock.advance(10_000);
    info.onPowermeter(meter(170, 14));
    expect(info.tell()).toMatchObject({ charged_energy_wh: 60, discharged_energy_wh: 3, charging_duration_s: 100 });
  });

  it("tells a permanent fault, a random delay and who has switched it", () => {
    const info = new SessionInfo(new ManualClock());
    expect(info.tell()).toMatchObject({
      permanent_fault: false,
      active_enable_disable_source: { source: "Unspecified", state: "Enabled", priority: 0 },
    });
    expect(info.tell()).not.toHaveProperty("uk_random_delay");
    info.onInoperative(true);
    info.onCountdown({ countdown_s: 7, current_limit_after_delay_A: 16, current_limit_during_delay_A: 0 });
    const source = { enable_source: "CSMS", enable_state: "Disable", enable_priority: 5 } as const;
    info.onEvent(event("Disabled", { source }));
    expect(info.tell()).toMatchObject({
      permanent_fault: true,
      active_enable_disable_source: { source: "CSMS", state: "Disable", priority: 5 },
      uk_random_delay: {
        remaining_s: 7,
        current_limit_after_delay_A: 16,
        current_limit_during_delay_A: 0,
        start_time: "",
      },
    });
    info.onCountdown({ countdown_s: 0, current_limit_after_delay_A: 16, current_limit_during_delay_A: 0 });
    expect(info.tell()).not.toHaveProperty("uk_random_delay");
  });
});
