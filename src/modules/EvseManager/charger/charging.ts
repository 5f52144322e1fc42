import type { ChargerStateName } from "./model.ts";
import type { ChargerStateRules, Turn } from "./turn.ts";

/** IEC 61851-1 A.5.3: how long a car may stay in state B before one attempt to wake it. */
const LEGACY_WAKE_UP_MS = 30_000;
const STILL_ASLEEP_MS = 10_000;

/** Paid for, PWM is on; the car has to ask for power. */
export const prepareCharging: ChargerStateRules = {
  enter(turn) {
    turn.tell({ event: "PrepareCharging" });
    turn.state.wakeUp = { pulses: 0 };
    turn.state.withoutEnergySince = undefined;
    if (turn.config.chargeMode === "DC" && !turn.hasPower) turn.do({ do: "hlcNoEnergy" });
  },

  run(turn) {
    const { state, config } = turn;
    if (turn.fatal || turn.mustEnd) return "StoppingCharging";
    turn.resumePwm();
    if (config.chargeMode === "DC") {
      if (state.cpAllows && state.hlcAllows && state.contactorOpen) allowPower(turn, "DCCableCheck");
      return undefined;
    }
    if (!turn.hasPower && !state.use5Percent) return undefined;
    if (state.cpAllows && (state.hlcAllows || !state.use5Percent)) return "Charging";
    return state.hlcActive ? undefined : wakeUp(turn);
  },
};

function wakeUp(turn: Turn): ChargerStateName | undefined {
  const { state } = turn;
  if (state.wakeUpDone) return turn.after(STILL_ASLEEP_MS) ? "ChargingPausedEV" : undefined;
  if (!turn.after(LEGACY_WAKE_UP_MS)) return undefined;
  state.wakeUpDone = true;
  state.afterEf = { to: "PrepareCharging", resumePwm: true };
  return "T_step_EF";
}

/** The contactor may be closed. */
export const charging: ChargerStateRules = {
  enter(turn) {
    const { state } = turn;
    if (mustStop(turn)) return;
    state.hlcEnding = "unknown";
    state.wakeUpDone = false;
    turn.tell({ event: "ChargingStarted" });
    allowPower(turn, "FullPowerCharging");
    if (turn.config.chargeMode === "AC") turn.resumePwm();
  },

  run(turn) {
    if (mustStop(turn) || !energyLasts(turn)) return "StoppingCharging";
    if (turn.config.chargeMode === "AC") {
      checkOverCurrent(turn);
      if (!turn.state.use5Percent) turn.updateNominalPwm();
    }
    return undefined;
  },
};

function mustStop(turn: Turn): boolean {
  return turn.fatal || turn.mustEnd || turn.state.pausedByEvse || !turn.state.cpAllows;
}

function allowPower(turn: Turn, reason: "DCCableCheck" | "FullPowerCharging"): void {
  turn.do({ do: "allowPower", allow: true, reason });
}

/** ISO 15118 cars may stay for a while in a charge loop that offers nothing; others are stopped at once. */
function energyLasts(turn: Turn): boolean {
  const { state, config } = turn;
  if (turn.hasPower) {
    state.withoutEnergySince = undefined;
    return true;
  }
  if (!state.hlcActive && !state.use5Percent) return false;
  state.withoutEnergySince ??= turn.now;
  return !turn.passed(state.withoutEnergySince + config.chargeLoopWithoutEnergyMs);
}

/** A car that draws more than it was offered (MREC4). */
export function checkOverCurrent(turn: Turn): void {
  const { state, config } = turn;
  const { tolerancePercent, noiseA, timeoutMs } = config.overCurrent;
  const offered = !state.hlcActive && state.pwm.mode === "on" && !state.use5Percent ? state.pwm.ampere : turn.ampere;
  const limit = (offered + noiseA) * (1 + tolerancePercent / 100);
  if (!state.drawn.some((ampere) => Math.abs(ampere) > limit)) {
    state.overCurrentSince = undefined;
    return;
  }
  state.overCurrentSince ??= turn.now;
  if (!turn.passed(state.overCurrentSince + timeoutMs)) return;
  const message = `the car draws ${state.drawn.join("/")} A where ${limit.toFixed(1)} A are allowed`;
  turn.do({ do: "raise", error: "MREC4OverCurrentFailure", message });
}
