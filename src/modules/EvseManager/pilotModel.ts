/** What the control pilot knows, hears and does. Times are ms of the monotonic clock. */
import type { BspEvent } from "../../interfaces/types/board_support_common.ts";
import type { PowerOnOff } from "../../interfaces/types/evse_board_support.ts";

export type CpEvent =
  | "CarPluggedIn"
  | "CarRequestedPower"
  | "CarRequestedStopPower"
  | "CarUnplugged"
  | "PowerOn"
  | "PowerOff"
  | "EFtoBCD"
  | "BCDtoEF"
  | "BCDtoE";

/** State of the pilot line; `Disabled` before the first report and while the board is switched off. */
export type Line = "Disabled" | "A" | "B" | "C" | "D" | "E" | "F";

export interface PilotConfig {
  readonly hasVentilation: boolean;
  readonly lockInStateB: boolean;
  /** Release the plug while nobody is authorized and the contactor is open. */
  readonly unlockWhenDeauthorized: boolean;
  readonly limitSimplifiedModeTo10A: boolean;
}

export interface PilotState {
  readonly enabled: boolean;
  readonly line: Line;
  /** The board's last report while it was switched off. */
  readonly unseen?: Line | undefined;
  readonly pwm: boolean;
  readonly powerAllowed: boolean;
  readonly reason: PowerOnOff["reason"];
  readonly relaysOn: boolean;
  readonly plugged: boolean;
  /** The car went from A to C: it does not communicate by PWM. */
  readonly simplified: boolean;
  readonly authorized: boolean;
  readonly wantLock: boolean;
  readonly forcedUnlock: boolean;
  readonly locked: boolean;
  /** When a car that draws power without PWM is switched off under load (ms, monotonic). */
  readonly forceOffAt?: number | undefined;
  /** When the plug is released in state F. */
  readonly unlockAt?: number | undefined;
}

export type PilotInput =
  | { readonly type: "board"; readonly event: BspEvent["event"] }
  | { readonly type: "enable"; readonly value: boolean }
  /** Duty cycle 0 to 1. */
  | { readonly type: "pwm"; readonly duty: number }
  | { readonly type: "X1" }
  | { readonly type: "F" }
  | { readonly type: "allowPower"; readonly allow: boolean; readonly reason: PowerOnOff["reason"] }
  | { readonly type: "authorized"; readonly value: boolean }
  | { readonly type: "forceUnlock" }
  | { readonly type: "tick" };

export type PilotEffect =
  | { readonly do: "enable"; readonly value: boolean }
  /** Percent. */
  | { readonly do: "pwm_on"; readonly value: number }
  | { readonly do: "cp_state_X1" }
  | { readonly do: "cp_state_F" }
  | { readonly do: "allow_power_on"; readonly value: PowerOnOff }
  | { readonly do: "lock" }
  | { readonly do: "unlock" }
  | { readonly do: "event"; readonly event: CpEvent };

export interface PilotStep {
  readonly state: PilotState;
  readonly effects: readonly PilotEffect[];
  /** Feed a tick then (ms, monotonic). */
  readonly wakeAt?: number | undefined;
}

export function initialPilot(config: PilotConfig): PilotState {
  return {
    enabled: false,
    line: "Disabled",
    pwm: false,
    powerAllowed: false,
    reason: "PowerOff",
    relaysOn: false,
    plugged: false,
    simplified: false,
    authorized: !config.unlockWhenDeauthorized,
    wantLock: false,
    forcedUnlock: false,
    locked: false,
  };
}
