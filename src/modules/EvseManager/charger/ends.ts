import type { ChargerStateRules, Turn } from "./turn.ts";

/** How long a car may take to stop before the contactor is opened under load. */
const STOP_MS = 20_000;

/** Out of service. */
export const disabled: ChargerStateRules = {
  enter(turn) {
    turn.f();
    turn.do({ do: "boardEnable", value: false });
    turn.tell({ event: "Disabled" });
  },
  run(turn) {
    if (turn.state.disableRequested) return undefined;
    turn.do({ do: "boardEnable", value: true });
    return "Idle";
  },
};

/** No car. Somebody may already be authorized. */
export const idle: ChargerStateRules = {
  enter(turn) {
    const { state, config } = turn;
    state.cpAllows = false;
    state.hlcAllows = false;
    state.hlcActive = config.chargeMode === "DC";
    state.iso20 = false;
    state.hlcEnding = "unknown";
    state.wakeUpDone = false;
    state.hardStopped = false;
    turn.x1();
    turn.do({ do: "clearSessionErrors" });
  },

  run(turn) {
    const { state } = turn;
    if (state.disableRequested) {
      if (state.sessionActive) turn.endSession();
      return "Disabled";
    }
    if (state.nextCarPlugged) {
      state.nextCarPlugged = false;
      state.plugged = true;
      return "WaitingForAuthentication";
    }
    if (turn.fatal && state.pwm.mode !== "F") turn.f();
    if (!turn.fatal && state.pwm.mode === "F") turn.x1();
    return undefined;
  },
};

/** Asks the car to stop, waits for the open contactor, and opens it at last by itself. */
export const stoppingCharging: ChargerStateRules = {
  enter(turn) {
    const { state } = turn;
    state.wakeUp = { pulses: 0 };
    state.wakeUpDone = false;
    state.hardStopped = false;
    turn.tell({ event: "StoppingCharging" });
    const speaksHlc = state.hlcActive || (state.matching && state.use5Percent);
    if (speaksHlc) turn.do({ do: state.iso20 && state.pausedByEvse ? "hlcPause" : "hlcStop" });
    if (!state.hlcActive) turn.x1();
  },

  run(turn) {
    const { state } = turn;
    if (!state.contactorOpen) {
      if (turn.after(STOP_MS)) hardStop(turn);
      return undefined;
    }
    if (turn.mustEnd) return "Finished";
    return !turn.hasPower || state.pausedByEvse || turn.fatal ? "ChargingPausedEVSE" : "ChargingPausedEV";
  },
};

function hardStop(turn: Turn): void {
  if (turn.state.hardStopped) return;
  turn.state.hardStopped = true;
  turn.powerOff();
}

/** Over for this car: it can only be unplugged. */
export const finished: ChargerStateRules = {
  enter(turn) {
    turn.state.authorization = undefined;
    turn.powerOff();
  },

  run(turn) {
    const { state } = turn;
    if (state.transaction === "starting") state.transaction = "withdrawn";
    if (state.transaction === "active") {
      state.transaction = "stopping";
      turn.do({ do: "stopMeter" });
    }
    if (state.transaction !== "none") return undefined;
    if (state.plugged && !state.disableRequested) return undefined;
    turn.endSession();
    return state.disableRequested ? "Disabled" : "Idle";
  },
};
