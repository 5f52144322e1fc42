import type { StopTransactionRequest } from "../../../interfaces/types/evse_manager.ts";
import type { CpEvent } from "../pilotModel.ts";
import type { ChargerEvent, ChargerState, FaultLevel } from "./model.ts";
import { pulseF } from "./pauses.ts";
import type { Turn } from "./turn.ts";

/** Length of one pulse of a BCB toggle in ms (ISO 15118-3 Table 3, with 50 ms of tolerance). */
const PULSE = { min: 150, max: 450 };

type Notes = { [T in ChargerEvent["type"]]: (turn: Turn, event: Extract<ChargerEvent, { type: T }>) => void };

const notes: Notes = {
  pilot: (turn, { event }) => notePilot(turn, event),
  authorize: noteAuthorization,
  withdraw: noteWithdrawal,
  stop: (turn, { request }) => noteStop(turn, request),
  pause({ state }) {
    state.pausedByEvse = true;
  },
  resume({ state }) {
    state.pausedByEvse = false;
  },
  disable({ state }) {
    state.disableRequested = true;
    // Enabling it again, even at once, does not bring the session back.
    state.cancelled = state.sessionActive;
    state.authorization = undefined;
    state.stop = { reason: "EVSEDisabled" };
  },
  enable({ state }) {
    state.disableRequested = false;
  },
  fault: (turn, { level }) => noteFault(turn, level),
  limit(turn, { ampere, validUntil }) {
    turn.state.limit = { ampere: Math.abs(ampere), validUntil };
    turn.do({ do: "ampereLimit", ampere: turn.ampere });
  },
  dcLimit({ state }, { ampere, watt, validUntil }) {
    state.dcLimit = { ampere, watt, validUntil };
  },
  cable({ state }, { ampere }) {
    state.cableAmpere = ampere;
  },
  outlet({ state }, { socket }) {
    state.socket = socket;
  },
  drawn({ state }, { amperes }) {
    state.drawn = amperes;
  },
  phases: (turn, { three }) => notePhases(turn, three),
  matching({ state }, { started }) {
    state.matching = started;
  },
  slacFailed: noteSlacFailure,
  hlcChargeLoop({ state }) {
    state.hlcActive = true;
  },
  hlcContactor(turn, { close }) {
    turn.state.hlcAllows = close;
    if (!close) openForHlc(turn);
  },
  currentDemandStarted(turn) {
    if (turn.state.name === "PrepareCharging") turn.go("Charging");
  },
  iso20({ state }) {
    state.iso20 = true;
  },
  dlink: (turn, { what }) => noteDlink(turn, what),
  linkLost(turn) {
    // Without power nothing is at stake: ISO 15118 finds out by itself, and a restart takes the link down on purpose.
    if (!turn.state.contactorOpen) noteDlink(turn, "error");
  },
  meterStarted: (turn, { ok, error }) => noteMeterStarted(turn, ok, error),
  meterStopped: noteMeterStopped,
  tick() {},
};

/** Notes what happened. What follows from it, the states decide. */
export function note<T extends ChargerEvent["type"]>(turn: Turn, event: Extract<ChargerEvent, { type: T }>): void {
  notes[event.type as T](turn, event);
}

function notePilot(turn: Turn, event: CpEvent): void {
  const { state } = turn;
  switch (event) {
    case "CarPluggedIn":
      if (state.name !== "Idle") state.nextCarPlugged = !state.plugged;
      else {
        state.plugged = true;
        turn.go("WaitingForAuthentication");
      }
      return;
    case "CarUnplugged":
      state.plugged = false;
      state.nextCarPlugged = false;
      state.cpAllows = false;
      return;
    case "PowerOn":
      state.contactorOpen = false;
      return;
    case "PowerOff":
      state.contactorOpen = true;
      return;
    case "CarRequestedPower":
      notePowerRequest(turn);
      return;
    case "CarRequestedStopPower":
      notePowerStop(turn);
      return;
    case "BCDtoE":
      state.cpAllows = false;
      return;
  }
}

function notePowerRequest(turn: Turn): void {
  const { state, config } = turn;
  const asleep = state.hlcActive && state.pwm.mode !== "on";
  if (asleep && (state.name === "ChargingPausedEV" || state.name === "StoppingCharging")) {
    const { since = turn.now, pulses } = state.wakeUp;
    // The time of the toggle counts from its first good pulse on.
    state.wakeUp = { since: pulses === 0 ? turn.now : since, pulseSince: turn.now, pulses };
  }
  if (state.name === "StoppingCharging" || state.name === "Finished") return;
  state.cpAllows = true;
  if (state.name === "ChargingPausedEV" && config.chargeMode === "AC" && !state.hlcActive) turn.go("PrepareCharging");
}

function notePowerStop(turn: Turn): void {
  const { state } = turn;
  state.cpAllows = false;
  if (state.name === "PrepareCharging") {
    turn.go("ChargingPausedEVSE");
    return;
  }
  const { since, pulseSince, pulses } = state.wakeUp;
  if (since === undefined || pulseSince === undefined) return;
  const length = turn.now - pulseSince;
  const valid = length > PULSE.min && length < PULSE.max;
  state.wakeUp = valid ? { since, pulses: pulses + 1 } : { since, pulses: 0 };
}

function noteAuthorization(turn: Turn, event: Extract<ChargerEvent, { type: "authorize" }>): void {
  const { token, result } = event;
  const plugAndCharge = token.authorization_type === "PlugAndCharge";
  const reason = whyIgnored(turn, plugAndCharge);
  if (reason !== undefined) turn.do({ do: "ignoredAuthorization", token, reason });
  else turn.authorize({ token, result, plugAndCharge });
}

/** An authorization counts only while the session that it is for can still use it. */
function whyIgnored({ state }: Turn, plugAndCharge: boolean): string | undefined {
  if (state.disableRequested) return "the EVSE is being disabled";
  if (state.cancelled) return "the session was stopped from outside";
  if (state.authorization) return "the session is already authorized";
  if (plugAndCharge && !state.sessionActive) return "no car is plugged in";
  return state.name === "Idle" || isWaiting(state) ? undefined : "the session is over";
}

/** A car waits to be authorized. */
function isWaiting({ name }: ChargerState): boolean {
  return name === "WaitingForAuthentication" || name === "T_step_EF" || name === "T_step_X1";
}

/** There is a transaction that can be stopped. */
export function isRunning({ transaction }: ChargerState): boolean {
  return transaction === "starting" || transaction === "active";
}

function noteWithdrawal(turn: Turn): void {
  const { state } = turn;
  if (!state.sessionActive || state.name === "Finished") return;
  turn.tell({ event: "Deauthorized" });
  if (!state.authorization) {
    if (isWaiting(state)) authorizationTimedOut(turn);
    return;
  }
  state.authorization = undefined;
  if (state.name === "Idle") {
    turn.endSession();
    return;
  }
  state.cancelled = true;
  if (state.transaction === "active") state.stop ??= { reason: "DeAuthorized" };
  else turn.go("Finished");
}

function authorizationTimedOut(turn: Turn): void {
  turn.tell({ event: "PluginTimeout" });
  if (turn.config.raiseMrec9) {
    turn.do({ do: "raise", error: "MREC9AuthorizationTimeout", message: "nobody authorized the car in time" });
  }
  turn.do({ do: "hlcAuthorizationTimeout" });
}

function noteStop(turn: Turn, request: StopTransactionRequest): void {
  const { state } = turn;
  if (!isRunning(state)) return;
  if (state.hlcActive && request.reason === "EmergencyStop") {
    turn.do({ do: "hlcError", error: "Error_EmergencyShutdown" });
  }
  if (state.hlcActive && request.reason === "PowerLoss") {
    turn.do({ do: "hlcError", error: "Error_UtilityInterruptEvent" });
  }
  state.cancelled = true;
  state.authorization = undefined;
  state.stop = request;
}

/** Opens the contactor at once. The PWM stays on after an error, so that the car can still be told. */
function noteFault(turn: Turn, level: FaultLevel): void {
  const { state } = turn;
  const worse = level !== "none" && level !== state.fault && state.fault !== "emergency";
  state.fault = level;
  if (level === "none") state.faultPulseUntil = undefined;
  if (!worse) return;
  if (level === "emergency" && state.pwm.mode === "on") turn.x1();
  turn.powerOff();
  turn.do({ do: "hlcError", error: "Error_EmergencyShutdown" });
  if (state.name === "ChargingPausedEVSE") pulseF(turn);
}

/** Never while ISO 15118 has told the car how many phases there are. */
function notePhases(turn: Turn, three: boolean): void {
  const { state } = turn;
  if (state.hlcActive) return;
  if (state.name === "Charging") {
    state.switching = { threePhases: three };
    turn.go("SwitchPhases");
  } else if (state.name === "SwitchPhases") {
    state.switching = { threePhases: three };
  } else {
    turn.do({ do: "switchPhases", three });
  }
}

function noteSlacFailure(turn: Turn): void {
  const { state } = turn;
  if (state.name !== "WaitingForAuthentication" && state.name !== "PrepareCharging") return;
  state.afterEf = { to: state.name, resumePwm: state.use5Percent };
  turn.go("T_step_EF");
  turn.do({ do: "slacReset" });
}

function noteDlink(turn: Turn, what: "error" | "pause" | "terminate"): void {
  const { state, config } = turn;
  state.hlcAllows = false;
  if (what !== "error") {
    state.hlcEnding = what;
    turn.x1();
    return;
  }
  const ending = (state.name === "StoppingCharging" && turn.mustEnd) || state.name === "Finished";
  if (ending) stopForGood(turn);
  // [V2G3-M07-12] An error of the communication does not interrupt charging with nominal PWM.
  if (ending || state.pwm.mode !== "on" || !state.use5Percent) return;
  if (config.chargeMode === "DC") turn.powerOff();
  else openForHlc(turn);
  // [V2G3-M07-05] to [V2G3-M07-09] X2, X1, E/F, and the car may start its communication again.
  state.afterX1 = "T_step_EF";
  state.afterEf = { to: "WaitingForAuthentication", resumePwm: false };
  turn.go("T_step_X1");
}

/** A car that charges by ISO 15118 has power for as long as its communication says so, and no moment longer. */
function openForHlc(turn: Turn): void {
  const { name, use5Percent } = turn.state;
  const mayHavePower = name === "Charging" || name === "StoppingCharging";
  if (mayHavePower && use5Percent && turn.config.chargeMode === "AC") turn.powerOff();
}

/** The end of the communication is only the consequence of the end of the session. */
function stopForGood(turn: Turn): void {
  if (turn.state.pwm.mode === "on") turn.x1();
  turn.powerOff();
}

function noteMeterStarted(turn: Turn, ok: boolean, error = "the powermeter did not start a transaction"): void {
  const { state, config } = turn;
  if (state.transaction === "withdrawn") {
    state.transaction = ok ? "discarding" : "none";
    if (ok) turn.do({ do: "stopMeter" });
  }
  if (state.transaction !== "starting" || !state.authorization) return;
  if (!ok && config.failOnPowermeterErrors) {
    state.transaction = "none";
    turn.do({ do: "raise", error: "PowermeterTransactionStartFailed", message: error });
    noteFault(turn, "error");
    return;
  }
  state.transaction = "active";
  state.stop = undefined;
  turn.tell({ event: "TransactionStarted", token: state.authorization.token });
}

function noteMeterStopped(turn: Turn): void {
  const { state } = turn;
  if (state.transaction === "stopping") {
    const { reason, id_tag } = state.stop ?? { reason: "EVDisconnected" };
    turn.tell({ event: "ChargingFinished" });
    turn.tell({ event: "TransactionFinished", reason, token: id_tag });
  }
  if (state.transaction === "stopping" || state.transaction === "discarding") state.transaction = "none";
}
