import type { PauseChargingEVSEReasonEnum } from "../../../interfaces/types/evse_manager.ts";
import { checkOverCurrent } from "./charging.ts";
import type { ChargerStateRules, Turn } from "./turn.ts";

/** A BCB toggle (ISO 15118-3 Table 3, with 200 ms of tolerance): one to three pulses of state C within this time. */
const TOGGLE_MS = 3700;
const MAX_PULSES = 3;

/** The car paused; with ISO 15118 it wakes the station by a BCB toggle, else by state C. */
export const chargingPausedEv: ChargerStateRules = {
  enter: (turn) => turn.tell({ event: "ChargingPausedEV" }),
  run(turn) {
    const { state, config } = turn;
    if (turn.mustEnd) return "StoppingCharging";
    if (config.chargeMode === "AC") checkOverCurrent(turn);
    if (!state.hlcActive) {
      if (!turn.hasPower) return "ChargingPausedEVSE";
      turn.updateNominalPwm();
      return undefined;
    }
    if (toggled(turn)) return "PrepareCharging";
    // [V2G3-M07-20] PWM goes off, but not before the SessionStopReq.
    if (state.hlcEnding !== "unknown" && state.pwm.mode === "on") turn.x1();
    return undefined;
  },
};

function toggled(turn: Turn): boolean {
  const { since, pulses } = turn.state.wakeUp;
  return since !== undefined && (pulses >= MAX_PULSES || turn.passed(since + TOGGLE_MS));
}

/** The station paused: somebody asked for it, there is no energy, or something is wrong. */
export const chargingPausedEvse: ChargerStateRules = {
  enter(turn) {
    const { state } = turn;
    if (!state.hlcActive || state.transaction !== "active") turn.x1();
    state.pauseReasons = [];
    // What a cable check found is no reason to refuse the next one.
    if (turn.fatal) turn.do({ do: "clearCableCheckFault" });
    if (turn.fatal) pulseF(turn);
  },

  run(turn) {
    const { state } = turn;
    if (turn.mustEnd) return "StoppingCharging";
    if (state.faultPulseUntil !== undefined && turn.passed(state.faultPulseUntil)) {
      state.faultPulseUntil = undefined;
      turn.x1();
    }
    const reasons = reasonsOf(turn);
    if (reasons.length === 0) {
      if (state.hlcEnding !== "pause") turn.do({ do: "slacStart" });
      return "PrepareCharging";
    }
    if (reasons.join() !== state.pauseReasons.join()) {
      state.pauseReasons = reasons;
      turn.tell({ event: "ChargingPausedEVSE", reasons });
    }
    return undefined;
  },
};

function reasonsOf(turn: Turn): PauseChargingEVSEReasonEnum[] {
  const reasons: PauseChargingEVSEReasonEnum[] = [];
  if (turn.fatal) reasons.push("Error");
  if (!turn.hasPower) reasons.push("NoEnergy");
  if (turn.state.pausedByEvse) reasons.push("UserPause");
  return reasons;
}

/** Tells a car with basic charging of a fault. */
export function pulseF(turn: Turn): void {
  const { state, config } = turn;
  if (state.hlcActive || config.stateFAfterFaultMs === 0) return;
  turn.f();
  state.faultPulseUntil = turn.now + config.stateFAfterFaultMs;
}
