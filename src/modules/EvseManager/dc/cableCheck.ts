/**
 * The check of cable and car before there is power (IEC 61851-23:2023, CC.4.1): output without voltage, contactor closed,
 * test voltage on, self test of the insulation monitor, measurement, voltage off. Pure.
 */
import type { CheckState, CheckStep, DcConfig, DcEffect, DcInput } from "./model.ts";

export type CheckOutcome = "passed" | { readonly failed: string };

/** What a step makes of an input: where it goes, or how it ends. What it does to the output, the bench has done. */
export interface CheckTurn {
  readonly state: CheckState | undefined;
  readonly effects: readonly DcEffect[];
  readonly outcome?: CheckOutcome;
}

/** What the check needs of the output. */
export interface CheckBench {
  readonly config: DcConfig;
  readonly contactorOpen: boolean;
  /** Volt of the test, by car and supply. */
  readonly testVoltage: number;
  /** Brings the output to this voltage; false when the supply cannot. */
  raise(volt: number): boolean;
  lower(): void;
}

/** Below it an output is safe to touch. */
const SAFE_VOLTAGE = 60;
const VOLTAGE_TOLERANCE = 10;
const VOLTAGE_MS = 10_000;
/** A supply that measures nothing for so long is none. */
const SILENCE_MS = 2000;
const SELF_TEST_MS = 30_000;
const MEASUREMENT_MS = 5000;

const fresh: CheckState = {
  step: "discharged",
  until: 0,
  heardUntil: 0,
  volt: 0,
  measured: 0,
  earlyTestPassed: false,
  reason: "",
};

export function beginCheck(now: number): CheckState {
  return enter(fresh, "discharged", VOLTAGE_MS, now);
}

/** When something is to be looked at again. */
export function checkWakesAt({ step, until, heardUntil }: CheckState): number {
  return listens(step) ? Math.min(until, heardUntil) : until;
}

function listens(step: CheckStep): boolean {
  return step !== "contactor" && step !== "earlySelfTest" && step !== "selfTest" && step !== "measurement";
}

function enter(state: CheckState, step: CheckStep, ms: number, now: number): CheckState {
  return { ...state, step, until: now + ms, heardUntil: now + SILENCE_MS };
}

type Reaction = (state: CheckState, bench: CheckBench, now: number) => CheckTurn;

export function check(state: CheckState, input: DcInput, bench: CheckBench, now: number): CheckTurn {
  const heard = input.type === "measured" ? { ...state, heardUntil: now + SILENCE_MS } : state;
  const moved = react(heard, input, bench, now);
  if (moved) return moved;
  const silent = listens(heard.step) && now >= heard.heardUntil;
  if (now >= heard.until || (silent && heard.step === "failed")) return tooLate(heard, bench, now);
  if (silent) return fail(heard, "the power supply measures nothing", bench, now);
  return { state: heard, effects: [] };
}

/** Undefined when the input says nothing to the step. */
function react(state: CheckState, input: DcInput, bench: CheckBench, now: number): CheckTurn | undefined {
  const { step, volt } = state;
  switch (step) {
    case "discharged":
      return isSafe(input) ? connect(state, bench, now) : undefined;
    case "earlyVoltage":
      return isAt(input, volt) ? test(state, "earlySelfTest", now) : undefined;
    case "contactor":
      return bench.contactorOpen ? undefined : afterContactor(state, bench, now);
    case "voltage":
      return isAt(input, volt) ? afterVoltage(state, bench, now) : undefined;
    case "earlySelfTest":
    case "selfTest":
      return input.type === "selfTest" ? afterSelfTest(state, input.passed, bench, now) : undefined;
    case "measurement":
      return input.type === "isolation" ? afterMeasurement(state, input.measurement, bench, now) : undefined;
    case "discharging":
      return isSafe(input) ? passed() : undefined;
    case "failed":
      return isSafe(input) ? { state: undefined, effects: [], outcome: { failed: state.reason } } : undefined;
  }
}

function isSafe(input: DcInput): boolean {
  return input.type === "measured" && input.voltage < SAFE_VOLTAGE;
}

function isAt(input: DcInput, volt: number): boolean {
  return input.type === "measured" && Math.abs(input.voltage - volt) < VOLTAGE_TOLERANCE;
}

const lateness: Readonly<Record<Exclude<CheckStep, "failed">, string>> = {
  discharged: `the output did not come below ${SAFE_VOLTAGE} V`,
  earlyVoltage: "the output did not come to the voltage of the self test",
  earlySelfTest: "the insulation monitor did not end its self test",
  contactor: "the contactor did not close",
  voltage: "the output did not come to the test voltage",
  selfTest: "the insulation monitor did not end its self test",
  measurement: "the insulation monitor measured nothing",
  discharging: `the output did not come below ${SAFE_VOLTAGE} V`,
};

function tooLate(state: CheckState, bench: CheckBench, now: number): CheckTurn {
  if (state.step === "failed") return { state: undefined, effects: [], outcome: { failed: state.reason } };
  return fail(state, `${lateness[state.step]} in time`, bench, now);
}

/** The voltage goes first, then it is said that the check did not pass. */
function fail(state: CheckState, reason: string, bench: CheckBench, now: number): CheckTurn {
  bench.lower();
  return { state: { ...enter(state, "failed", VOLTAGE_MS, now), reason }, effects: [{ do: "imdStop" }] };
}

function passed(): CheckTurn {
  return { state: undefined, effects: [], outcome: "passed" };
}

function raise(state: CheckState, step: "earlyVoltage" | "voltage", volt: number, bench: CheckBench, now: number) {
  if (!bench.raise(volt)) return fail(state, `the power supply cannot give ${volt} V`, bench, now);
  return { state: { ...enter(state, step, VOLTAGE_MS, now), volt }, effects: [] };
}

/** From here on ISO 15118 agrees to a closed contactor; some hardware closes it only after a self test. */
const connect: Reaction = (state, bench, now) => {
  const { earlySelfTestVoltage } = bench.config;
  const early = bench.config.hasImd && earlySelfTestVoltage !== undefined;
  const next = early
    ? raise(state, "earlyVoltage", earlySelfTestVoltage, bench, now)
    : waitForContactor(state, bench, now);
  return { ...next, effects: [{ do: "allowContactor" }, ...next.effects] };
};

const waitForContactor: Reaction = (state, bench, now) => {
  if (!bench.contactorOpen) return afterContactor(state, bench, now);
  return { state: enter(state, "contactor", bench.config.contactorTimeoutMs, now), effects: [] };
};

const afterContactor: Reaction = (state, bench, now) =>
  bench.config.hasImd ? raise(state, "voltage", bench.testVoltage, bench, now) : passed();

function test(state: CheckState, step: "earlySelfTest" | "selfTest", now: number): CheckTurn {
  return { state: enter(state, step, SELF_TEST_MS, now), effects: [{ do: "imdSelfTest", voltage: state.volt }] };
}

const afterVoltage: Reaction = (state, bench, now) =>
  bench.config.selfTest && !state.earlyTestPassed ? test(state, "selfTest", now) : measure(state, bench, now);

function afterSelfTest(state: CheckState, ok: boolean, bench: CheckBench, now: number): CheckTurn {
  if (!ok) return fail(state, "the insulation monitor did not pass its self test", bench, now);
  if (state.step === "selfTest") return measure(state, bench, now);
  bench.lower();
  return waitForContactor({ ...state, earlyTestPassed: true }, bench, now);
}

const measure: Reaction = (state, bench, now) => {
  const start: DcEffect = { do: "imdStart" };
  if (bench.config.measurements > 0) {
    return { state: { ...enter(state, "measurement", MEASUREMENT_MS, now), measured: 0 }, effects: [start] };
  }
  const next = finish(state, bench, now);
  return { ...next, effects: [start, { do: "isolationStatus", status: "Valid" }, ...next.effects] };
};

/** The first measurements may still be settling; the last one counts. */
function afterMeasurement(
  state: CheckState,
  { resistance_F_Ohm: ohm }: { readonly resistance_F_Ohm: number },
  bench: CheckBench,
  now: number,
): CheckTurn {
  const measured = state.measured + 1;
  const { measurements, faultResistance } = bench.config;
  if (measured < measurements) {
    return { state: { ...enter(state, "measurement", MEASUREMENT_MS, now), measured }, effects: [] };
  }
  if (ohm < faultResistance) {
    const next = fail(state, `the resistance to earth is ${ohm} Ohm, less than ${faultResistance} Ohm`, bench, now);
    return { ...next, effects: [{ do: "isolationStatus", status: "Fault" }, ...next.effects] };
  }
  const next = finish({ ...state, measured }, bench, now);
  return { ...next, effects: [{ do: "isolationStatus", status: "Valid" }, ...next.effects] };
}

const finish: Reaction = (state, bench, now) => {
  const { pauseImdDuringPreCharge, waitForSafeVoltage } = bench.config;
  const pause: DcEffect[] = pauseImdDuringPreCharge ? [{ do: "imdStop" }] : [];
  if (!waitForSafeVoltage) return { ...passed(), effects: pause };
  bench.lower();
  return { state: enter(state, "discharging", VOLTAGE_MS, now), effects: pause };
};
