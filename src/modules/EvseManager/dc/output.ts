/**
 * The DC output of an EVSE as a pure function: an input comes in, a state and effects come out. Whatever the car asks for,
 * the supply is on only while the charger agrees and the contactor is closed, and never set above a limit of supply, car
 * or energy tree; what goes wrong switches it off at once.
 */
import type { ChargerStateName } from "../charger/model.ts";
import { benchOf } from "./bench.ts";
import { beginCheck, check, checkWakesAt } from "./cableCheck.ts";
import { emergencyVoltage, evMaxVoltage } from "./limits.ts";
import type { DcConfig, DcEffect, DcInput, DcState, Instrument } from "./model.ts";
import { DcTurn } from "./turn.ts";
import { watchInsulation, watching, watchingNothing, watchVoltage } from "./watches.ts";

export interface DcStep {
  readonly state: DcState;
  readonly effects: readonly DcEffect[];
  /** Feed a tick then. */
  readonly wakeAt?: number | undefined;
}

export function initialDc(now: number): DcState {
  return {
    stage: "off",
    charger: "Disabled",
    contactorAllowed: false,
    contactorClosed: false,
    capabilities: undefined,
    derating: {},
    grant: { watt: 0, validUntil: now },
    evLimits: {},
    target: { voltage: 0, current: 0 },
    present: { voltage: 0, current: 0 },
    supply: undefined,
    ramp: { current: 0, at: now },
    imdOn: false,
    check: undefined,
    watches: watchingNothing,
    toldLimits: "",
  };
}

/** @param now milliseconds of the monotonic clock. */
export function dcOutput(state: DcState, input: DcInput, config: DcConfig, now: number): DcStep {
  const turn = new DcTurn(state, config, now);
  note(turn, input);
  runCheck(turn, input);
  watch(turn, input);
  turn.settle();
  turn.tellLimits(input.type === "grant");
  return { state: turn.draft, effects: turn.effects, wakeAt: turn.wakeAt };
}

/** Below the batteries of the cars that {@link DcConfig.passOverOddTargets} is for. */
const ODD_TARGET_VOLTAGE = 300;

type Notes = { [T in DcInput["type"]]: (turn: DcTurn, input: Extract<DcInput, { type: T }>) => void };

const notes: Notes = {
  tick() {},
  capabilities({ draft, effects }, { capabilities }) {
    draft.capabilities = capabilities;
    effects.push({ do: "tellCapabilities", capabilities });
  },
  derate({ draft, effects }, { derating }) {
    draft.derating = derating;
    const { capabilities } = draft;
    if (capabilities) effects.push({ do: "tellCapabilities", capabilities });
  },
  grant({ draft }, { watt, validUntil }) {
    draft.grant = { watt, validUntil };
  },
  charger: noteCharger,
  contactor(turn, { open }) {
    const { draft } = turn;
    const opened = open && draft.contactorClosed;
    draft.contactorClosed = !open;
    if (opened) turn.off();
  },
  measured({ draft, effects, config }, { voltage, current }) {
    draft.present = { voltage: Math.max(0, voltage), current };
    const offset = config.presentCurrentOffset;
    effects.push({ do: "tellPresent", voltage: Math.max(0, voltage), current: Math.max(0, current) + offset });
  },
  isolation() {},
  selfTest() {},
  voltage() {},
  evLimits({ draft, effects }, { limits }) {
    draft.evLimits = limits;
    const error = evMaxVoltage(limits);
    effects.push({ do: "monitorLimits", emergency: emergencyOf(draft), error });
  },
  target({ draft, config }, { voltage, current }) {
    if (config.passOverOddTargets && (voltage < ODD_TARGET_VOLTAGE || current < 0)) return;
    draft.target = { voltage, current };
  },
  startCableCheck: noteCableCheck,
  startPreCharge(turn) {
    if (turn.draft.stage === "checked") turn.draft.stage = "preCharge";
    else turn.refuse("the car asks for voltage without a cable check that passed");
  },
  demandStarted: noteDemand,
  demandFinished: (turn) => turn.off(),
  openContactor: (turn) => turn.off(),
  contactorAllowed(turn, { allowed }) {
    turn.draft.contactorAllowed = allowed;
    if (!allowed) turn.off();
  },
  unplugged(turn) {
    turn.off();
    turn.draft.evLimits = {};
    turn.draft.target = { voltage: 0, current: 0 };
    turn.effects.push({ do: "monitorReset" });
  },
};

function note<T extends DcInput["type"]>(turn: DcTurn, input: Extract<DcInput, { type: T }>): void {
  notes[input.type as T](turn, input);
}

function emergencyOf({ evLimits, capabilities }: DcState): number {
  return emergencyVoltage(evMaxVoltage(evLimits), capabilities?.max_export_voltage_V ?? Number.POSITIVE_INFINITY);
}

/** In these states there is an authorization and a transaction. */
const agreeing: ReadonlySet<ChargerStateName> = new Set(["PrepareCharging", "Charging"]);

function noteCharger(turn: DcTurn, { name }: { readonly name: ChargerStateName }): void {
  const { draft } = turn;
  draft.charger = name;
  if (draft.stage === "off" || agreeing.has(name)) return;
  // A car that is asked to stop gets no more current, but the voltage stays until it has opened its contactor.
  if (draft.stage === "charging" && name === "StoppingCharging") return;
  // The car may be a moment faster than the meter, which is asked before anything is prepared.
  const waits = draft.stage === "cableCheck" && !draft.check && name === "WaitingForAuthentication";
  if (!waits) turn.off();
}

function noteCableCheck(turn: DcTurn): void {
  const { draft } = turn;
  if (draft.stage !== "off") turn.off();
  if (!agreeing.has(draft.charger) && draft.charger !== "WaitingForAuthentication") {
    turn.refuse("the car asks for a cable check when there is nothing to charge");
    turn.effects.push({ do: "checkFinished", passed: false });
    return;
  }
  draft.stage = "cableCheck";
}

function noteDemand(turn: DcTurn): void {
  const { draft, effects, now } = turn;
  if (draft.stage !== "preCharge") {
    turn.refuse("the car asks for current without a precharge");
    return;
  }
  draft.stage = "charging";
  draft.ramp = { current: 0, at: now };
  draft.watches = watching;
  effects.push({ do: "monitorStart" }, { do: "chargingStarted" });
}

function runCheck(turn: DcTurn, input: DcInput): void {
  const { draft, config, now } = turn;
  if (draft.stage !== "cableCheck") return;
  if (!draft.check) {
    if (agreeing.has(draft.charger)) draft.check = beginCheck(now);
    if (draft.check) turn.wake(checkWakesAt(draft.check));
    return;
  }
  const { state, effects, outcome } = check(draft.check, input, benchOf(turn), now);
  draft.check = state;
  for (const effect of effects) turn.do(effect);
  if (state) turn.wake(checkWakesAt(state));
  if (outcome === "passed") {
    draft.stage = "checked";
    if (!config.hasImd) turn.do({ do: "isolationStatus", status: "No_IMD" });
    turn.do({ do: "note", title: "cable check passed", outcome: "ok" });
    turn.do({ do: "checkFinished", passed: true });
  } else if (outcome) {
    turn.failCheck(outcome.failed);
  }
}

function watch(turn: DcTurn, input: DcInput): void {
  const { draft, config, now } = turn;
  if (draft.stage !== "preCharge" && draft.stage !== "charging") return;
  const limits = { emergency: emergencyOf(draft), error: evMaxVoltage(draft.evLimits) };
  const { state, effects, wakeAt } = watchVoltage(draft.watches, measuredBy(input), limits, config, now);
  draft.watches = state;
  if (wakeAt !== undefined) turn.wake(wakeAt);
  turn.doAll(effects);
  if (input.type === "isolation") insulation(turn, input.measurement);
  if (input.type === "measured") resumeImd(turn);
}

function measuredBy(input: DcInput): { of: Instrument; voltage: number } | undefined {
  if (input.type === "measured") return { of: "powerSupply", voltage: input.voltage };
  if (input.type === "voltage") return { of: input.of, voltage: input.voltage };
  const volt = input.type === "isolation" ? input.measurement.voltage_V : undefined;
  return volt === undefined ? undefined : { of: "isolationMonitor", voltage: volt };
}

function insulation(turn: DcTurn, measurement: Extract<DcInput, { type: "isolation" }>["measurement"]): void {
  const { draft, config, now } = turn;
  const { min_export_voltage_V: least = 0, max_export_voltage_V: most = 0 } = draft.capabilities ?? {};
  const { state, effects } = watchInsulation(draft.watches, measurement, { least, most }, config.faultResistance, now);
  draft.watches = state;
  turn.doAll(effects);
}

/** Watt from which on cars that the monitor would disturb in the precharge are taken for charging. */
const CHARGES_W = 1000;

function resumeImd(turn: DcTurn): void {
  const { voltage, current } = turn.draft.present;
  if (turn.config.pauseImdDuringPreCharge && voltage * current > CHARGES_W) turn.do({ do: "imdStart" });
}
