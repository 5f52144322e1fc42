/** What the board tells of its inside to whoever collects telemetry; names are those of EVerest's Yeti. */
import type { Telemetry } from "../../framework/telemetry.ts";
import { type Clock, repeatedly, type Timer } from "../../util/clock.ts";
import { type Board, measuredDuty } from "./board.ts";

const FAST_MS = 1000;
const SLOW_MS = 15_000;

/** Volt of the control pilot's positive half-wave (IEC 61851-1, Table A.2). */
const volts = { A: 12, B: 9, C: 6, D: 3, E: 0, F: -12 } as const;
const LOW_VOLT = -12;

export interface Inside {
  readonly board: Board;
  /** Degrees Celsius. */
  readonly temperature: number;
  /** How often the contactor has closed. */
  readonly closings: number;
  /** Whether the residual current monitor has tripped. */
  readonly tripped: boolean;
}

/** Tells now and again and again, until it is cancelled. */
export function tellInside(telemetry: Telemetry, clock: Clock, inside: () => Inside): Timer {
  if (!telemetry.enabled) return { cancel: () => {} };
  const timers = [
    repeatedly(clock, FAST_MS, () => tellFast(telemetry, inside())),
    repeatedly(clock, SLOW_MS, () => tellVersion(telemetry)),
  ];
  return {
    cancel() {
      for (const timer of timers) timer.cancel();
    },
  };
}

function tellFast(telemetry: Telemetry, { board, temperature, closings, tripped }: Inside): void {
  const high = volts[board.state];
  telemetry.publish("livedata", "power_path_controller", {
    ...{ cp_state: board.state, cp_pwm_duty_cycle: measuredDuty(board) },
    ...{ cp_voltage_high: high, cp_voltage_low: board.signal.kind === "X1" ? high : LOW_VOLT },
    ...{ supply_voltage_12V: 12, supply_voltage_minus_12V: -12, temperature_controller: temperature },
    error: false,
  });
  telemetry.publish("livedata", "power_switch", { is_on: board.contactor, switching_count: closings, error: false });
  telemetry.publish("livedata", "rcd", {
    ...{ enabled: true, current_mA: board.faultCurrent, triggered: tripped },
    error: false,
  });
}

function tellVersion(telemetry: Telemetry): void {
  telemetry.publish("livedata", "power_path_controller_version", { software_version: "simulated", error: false });
}
