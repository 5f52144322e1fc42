import type { ChargerStateName } from "./model.ts";
import type { ChargerStateRules, Turn } from "./turn.ts";

/** These states only pass the time; they are cut short when the session is over or something is wrong. */
function interrupted({ fatal, state }: Turn): boolean {
  return fatal || !state.plugged || state.disableRequested || (state.cancelled && !state.authorization);
}

/** Where an interrupted step leads: a session that was about to charge is stopped in order. */
function afterInterruption(to: ChargerStateName): ChargerStateName {
  return to === "PrepareCharging" ? "StoppingCharging" : "Finished";
}

/** State F wakes a car up or makes it start its communication again (ISO 15118-3 T_step_EF, IEC 61851-1 A.5.3). */
export const stepEf: ChargerStateRules = {
  enter: (turn) => turn.f(),
  run(turn): ChargerStateName | undefined {
    const { state, config } = turn;
    const { to, resumePwm } = state.afterEf;
    if (interrupted(turn)) {
      turn.x1();
      return afterInterruption(to);
    }
    if (!turn.after(config.stepEfMs)) return undefined;
    if (state.pwm.mode === "F") turn.x1();
    if (!turn.after(config.stepEfMs + config.afterStepEfMs)) return undefined;
    if (resumePwm) turn.resumePwm();
    return to;
  },
};

/** X1 between 5 % and what follows (ISO 15118-3 T_step_X1). */
export const stepX1: ChargerStateRules = {
  enter: (turn) => turn.x1(),
  run(turn): ChargerStateName | undefined {
    if (interrupted(turn)) return afterInterruption(turn.state.afterX1);
    return turn.after(turn.config.stepX1Ms) ? turn.state.afterX1 : undefined;
  },
};

/** The car must not draw power while the board switches between one and three phases. */
export const switchPhases: ChargerStateRules = {
  enter(turn) {
    turn.tell({ event: "SwitchingPhases" });
    if (turn.config.switchPhasesIn === "F") turn.f();
    else turn.x1();
  },
  run(turn): ChargerStateName | undefined {
    const { state, config } = turn;
    if (!interrupted(turn) && !turn.after(config.switchPhasesMs)) return undefined;
    if (state.switching) turn.do({ do: "switchPhases", three: state.switching.threePhases });
    state.switching = undefined;
    return "PrepareCharging";
  },
};
