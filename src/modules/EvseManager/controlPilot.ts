/**
 * The control pilot of IEC 61851-1 (Table A.6) as a pure function: from the board's states A to F and the charger's
 * wishes to commands for the board, and to the abstract events that the charger understands. Whatever the charger
 * wishes, the contactor is only closed in state C or D with PWM on, and opened at once in A, B, E and F.
 */
import type { BspEvent } from "../../interfaces/types/board_support_common.ts";
import type { CpEvent, Line, PilotConfig, PilotEffect, PilotInput, PilotState, PilotStep } from "./pilotModel.ts";

/** Table A.6 sequence 10.2: a car that goes on drawing power after PWM stopped. */
const FORCE_OFF_MS = 6000;
const UNLOCK_IN_F_MS = 5000;
const TEN_AMPERE_DUTY = 10 / 0.6 / 100;

type Draft = { -readonly [K in keyof PilotState]: PilotState[K] };

/** @param now milliseconds of the monotonic clock. */
export function pilot(state: PilotState, input: PilotInput, config: PilotConfig, now: number): PilotStep {
  const draft: Draft = { ...state };
  const effects: PilotEffect[] = [];
  take({ draft, effects, config, now, before: state }, input);
  updateLock(draft, effects);
  const deadlines = [draft.forceOffAt, draft.unlockAt].filter((at) => at !== undefined);
  return { state: draft, effects, ...(deadlines.length > 0 ? { wakeAt: Math.min(...deadlines) } : {}) };
}

interface Turn {
  readonly draft: Draft;
  readonly effects: PilotEffect[];
  readonly config: PilotConfig;
  readonly now: number;
  /** The state before this input. */
  readonly before: PilotState;
}

type Inputs = { [T in PilotInput["type"]]: (turn: Turn, input: Extract<PilotInput, { type: T }>) => void };

const inputs: Inputs = {
  board: (turn, { event }) => board(turn, event),
  enable: (turn, { value }) => enable(turn, value),
  pwm(turn, { duty }) {
    turn.draft.pwm = duty > 0 && duty < 1;
    turn.effects.push({ do: "pwm_on", value: 100 * limitDuty(turn, duty) });
    line(turn, turn.draft.line);
  },
  X1(turn) {
    stopPwm(turn);
    line(turn, turn.draft.line);
  },
  F(turn) {
    turn.draft.pwm = false;
    turn.effects.push({ do: "cp_state_F" });
    line(turn, turn.draft.line);
  },
  allowPower(turn, { allow, reason }) {
    turn.draft.powerAllowed = allow;
    turn.draft.reason = reason;
    if (!allow) powerOff(turn);
    line(turn, turn.draft.line);
  },
  authorized({ draft, config }, { value }) {
    if (config.unlockWhenDeauthorized) draft.authorized = value;
  },
  forceUnlock,
  tick,
};

function take<T extends PilotInput["type"]>(turn: Turn, input: Extract<PilotInput, { type: T }>): void {
  inputs[input.type as T](turn, input);
}

function board(turn: Turn, event: BspEvent["event"]): void {
  const { draft, effects } = turn;
  if (event === "PowerOn" || event === "PowerOff") {
    draft.relaysOn = event === "PowerOn";
    effects.push({ do: "event", event });
    return;
  }
  const next = event === "Disconnected" ? "Disabled" : event;
  if (draft.enabled) line(turn, next);
  else draft.unseen = next;
}

function enable(turn: Turn, value: boolean): void {
  const { draft, effects } = turn;
  effects.push({ do: "enable", value });
  draft.enabled = value;
  if (value) {
    if (draft.unseen !== undefined) line(turn, draft.unseen);
    draft.unseen = undefined;
    return;
  }
  if (draft.line !== "Disabled") draft.unseen = draft.line;
  draft.line = "Disabled";
  draft.pwm = false;
  powerOff(turn);
  unlock(draft);
}

function tick(turn: Turn): void {
  const { draft, now } = turn;
  if (draft.forceOffAt !== undefined && now >= draft.forceOffAt) {
    draft.forceOffAt = undefined;
    powerOff(turn);
  }
  if (draft.unlockAt !== undefined && now >= draft.unlockAt) {
    draft.unlockAt = undefined;
    unlock(draft);
  }
}

/** What the pilot line says now, with the charger's wishes as they are now. */
function line(turn: Turn, next: Line): void {
  const { draft, now } = turn;
  const last = draft.line;
  if (last === "F" && next !== "F") draft.unlockAt = undefined;
  switch (next) {
    case "Disabled":
      if (last !== "Disabled") leaveCar(turn);
      break;
    case "A":
      if (last === "A") break;
      leaveCar(turn);
      draft.plugged = false;
      if (last !== "Disabled") emit(turn, "CarUnplugged");
      break;
    case "B":
      stateB(turn, last);
      break;
    case "C":
    case "D":
      stateC(turn, last, next);
      break;
    case "E":
      unlock(draft);
      if (last !== "E") {
        stopPwm(turn);
        draft.forceOffAt = undefined;
        powerOff(turn);
        if (isConnected(last)) emit(turn, "BCDtoEF", "BCDtoE");
      }
      break;
    case "F":
      draft.forceOffAt = undefined;
      if (last !== "F") {
        draft.unlockAt = now + UNLOCK_IN_F_MS;
        draft.pwm = false;
      }
      powerOff(turn);
      if (isConnected(last)) emit(turn, "BCDtoEF");
      break;
  }
  draft.line = next;
}

/** Sequences 2.1 and 2.2: the car is gone, or the board does not know. */
function leaveCar(turn: Turn): void {
  turn.draft.simplified = false;
  turn.draft.forceOffAt = undefined;
  stopPwm(turn);
  powerOff(turn);
  unlock(turn.draft);
}

function stateB(turn: Turn, last: Line): void {
  const { draft, config } = turn;
  if (config.lockInStateB) draft.wantLock = true;
  else unlock(draft);
  if (last !== "A" && last !== "B") {
    // Sequence 8.1: the contactor opens within 100 ms.
    draft.forceOffAt = undefined;
    powerOff(turn);
    emit(turn, "CarRequestedStopPower");
  }
  if (isNewCar(draft, last)) {
    emit(turn, "CarPluggedIn");
    draft.plugged = true;
    draft.simplified = false;
  }
  if (last === "E" || last === "F") emit(turn, "EFtoBCD");
}

function stateC(turn: Turn, last: Line, next: "C" | "D"): void {
  const { draft, before, config, now } = turn;
  draft.wantLock = true;
  if (next === "D" && !config.hasVentilation) {
    draft.forceOffAt = undefined;
    powerOff(turn);
    return;
  }
  if (isNewCar(draft, last)) {
    emit(turn, "CarPluggedIn");
    draft.plugged = true;
    draft.simplified = true;
  } else if (last === "B") {
    emit(turn, "CarRequestedPower");
  }
  const stopped = !draft.pwm && before.pwm;
  const started = draft.pwm && !before.pwm;
  if (stopped) draft.forceOffAt = now + FORCE_OFF_MS;
  if (!draft.pwm) return;
  draft.forceOffAt = undefined;
  const anew = started || !before.powerAllowed || draft.reason !== before.reason || last === "B";
  if (draft.powerAllowed && anew) powerOn(turn);
  if (started && draft.simplified) emit(turn, "CarRequestedPower");
}

function isConnected(line: Line): boolean {
  return line === "B" || line === "C" || line === "D";
}

function isNewCar(draft: Draft, last: Line): boolean {
  return last === "A" || last === "Disabled" || (!draft.plugged && last === "F");
}

function limitDuty({ draft, config }: Turn, duty: number): number {
  return config.limitSimplifiedModeTo10A && draft.simplified ? Math.min(duty, TEN_AMPERE_DUTY) : duty;
}

function emit({ effects }: Turn, ...events: CpEvent[]): void {
  for (const event of events) effects.push({ do: "event", event });
}

function stopPwm({ draft, effects }: Turn): void {
  draft.pwm = false;
  effects.push({ do: "cp_state_X1" });
}

function powerOn({ draft, effects }: Turn): void {
  effects.push({ do: "allow_power_on", value: { allow_power_on: true, reason: draft.reason } });
}

function powerOff({ draft, effects }: Turn): void {
  draft.powerAllowed = false;
  draft.reason = "PowerOff";
  effects.push({ do: "allow_power_on", value: { allow_power_on: false, reason: "PowerOff" } });
}

function unlock(draft: Draft): void {
  draft.wantLock = false;
  draft.forcedUnlock = false;
}

function forceUnlock({ draft, effects }: Turn): void {
  if (!draft.relaysOn) {
    // Whatever we believe: after a failed motor run the lock may be elsewhere.
    effects.push({ do: "unlock" });
    draft.locked = false;
  }
  if (draft.line === "B" || draft.line === "C") draft.forcedUnlock = true;
}

/** Under power the plug is always held. */
function updateLock(draft: Draft, effects: PilotEffect[]): void {
  const lock = draft.relaysOn || (draft.wantLock && !draft.forcedUnlock && draft.authorized);
  if (lock === draft.locked) return;
  draft.locked = lock;
  effects.push({ do: lock ? "lock" : "unlock" });
}
