/** What is watched while there is power: over-voltage, instruments that disagree, and the insulation. Pure. */
import type { IsolationMeasurement } from "../../../interfaces/types/isolation_monitor.ts";
import type { DcConfig, DcEffect, Instrument, WatchState } from "./model.ts";

export const watchingNothing: WatchState = {
  running: false,
  faulty: false,
  volts: {},
  highSince: undefined,
  apartSince: undefined,
  toEarth: undefined,
};

export const watching: WatchState = { ...watchingNothing, running: true };

export interface VoltageLimits {
  /** Switched off at once above it. */
  readonly emergency: number;
  /** Switched off when it stays above it. */
  readonly error: number;
}

export interface WatchTurn {
  readonly state: WatchState;
  readonly effects: readonly DcEffect[];
  readonly wakeAt?: number;
}

type Reckoning = Pick<DcConfig, "hasOverVoltageMonitor" | "overVoltageMs" | "plausibleSpread" | "implausibleMs">;

/** An instrument has measured, or time has passed. */
export function watchVoltage(
  before: WatchState,
  measured: { readonly of: Instrument; readonly voltage: number } | undefined,
  limits: VoltageLimits,
  config: Reckoning,
  now: number,
): WatchTurn {
  if (!before.running || before.faulty) return { state: before, effects: [] };
  const volts = measured ? { ...before.volts, [measured.of]: measured.voltage } : before.volts;
  const volt = volts[config.hasOverVoltageMonitor ? "overVoltageMonitor" : "powerSupply"];
  const highSince = volt !== undefined && volt > limits.error ? (before.highSince ?? now) : undefined;
  const apartSince = spread(volts) > config.plausibleSpread ? (before.apartSince ?? now) : undefined;
  const state = { ...before, volts, highSince, apartSince };
  const fault = overVoltage(state, volt ?? 0, limits, config, now) ?? implausible(state, config, now);
  if (fault) return { state: { ...state, faulty: true }, effects: [fault] };
  const moments = [
    ...(highSince === undefined ? [] : [highSince + config.overVoltageMs]),
    ...(apartSince === undefined ? [] : [apartSince + config.implausibleMs]),
  ];
  return { state, effects: [], ...(moments.length > 0 ? { wakeAt: Math.min(...moments) } : {}) };
}

function spread(volts: WatchState["volts"]): number {
  const all = Object.values(volts);
  return all.length < 2 ? 0 : Math.max(...all) - Math.min(...all);
}

function overVoltage(
  { highSince }: WatchState,
  volt: number,
  { emergency, error }: VoltageLimits,
  { overVoltageMs }: Reckoning,
  now: number,
): DcEffect | undefined {
  const fault = { do: "raise", error: "MREC5OverVoltage", subType: "" } as const;
  if (volt >= emergency) {
    return { ...fault, severity: "High", message: `${volt} V at the output, where ${emergency} V are never allowed` };
  }
  if (highSince === undefined || now < highSince + overVoltageMs) return undefined;
  return { ...fault, severity: "Medium", message: `more than ${error} V at the output for ${overVoltageMs} ms` };
}

function implausible(
  { apartSince, volts }: WatchState,
  { implausibleMs }: Reckoning,
  now: number,
): DcEffect | undefined {
  if (apartSince === undefined || now < apartSince + implausibleMs) return undefined;
  const values = Object.entries(volts).map(([name, volt]) => `${name} ${volt} V`);
  const message = `the instruments disagree: ${values.join(", ")}`;
  return { do: "raise", error: "VoltagePlausibilityFault", subType: "", severity: "High", message };
}

/** IEC 61851-23:2023, 6.3.1.112.2. */
const TO_EARTH = { share: 1.1, small: 500, smallMost: 550, times: 2, apartMs: 2000 } as const;

/** A measurement of the insulation while there is power. @param supply its limits, in volt */
export function watchInsulation(
  state: WatchState,
  measurement: IsolationMeasurement,
  supply: { readonly least: number; readonly most: number },
  faultResistance: number,
  now: number,
): WatchTurn {
  const ohm = measurement.resistance_F_Ohm;
  const fault = { do: "raise", error: "MREC22ResistanceFault", severity: "Medium" } as const;
  if (ohm < faultResistance) {
    const message = `the resistance to earth is ${ohm} Ohm while charging`;
    return {
      state,
      effects: [
        { do: "isolationStatus", status: "Fault" },
        { ...fault, subType: "Resistance", message },
      ],
    };
  }
  const valid: DcEffect = { do: "isolationStatus", status: "Valid" };
  if (toEarthInRange(measurement, supply)) return { state: { ...state, toEarth: undefined }, effects: [valid] };
  const { since = now, times = 0 } = state.toEarth ?? {};
  const toEarth = { since, times: times + 1 };
  if (toEarth.times < TO_EARTH.times || now - since < TO_EARTH.apartMs) {
    return { state: { ...state, toEarth }, effects: [valid] };
  }
  const { voltage_to_earth_l1e_V: plus, voltage_to_earth_l2e_V: minus } = measurement;
  const message = `voltage to earth while charging: ${plus} V and ${minus} V`;
  return { state: { ...state, toEarth }, effects: [valid, { ...fault, subType: "VoltageToEarth", message }] };
}

function toEarthInRange(
  { voltage_V: volt, voltage_to_earth_l1e_V: plus, voltage_to_earth_l2e_V: minus }: IsolationMeasurement,
  { least, most }: { readonly least: number; readonly most: number },
): boolean {
  if (volt === undefined || plus === undefined || minus === undefined || volt <= least) return true;
  const allowed = most > TO_EARTH.small ? volt * TO_EARTH.share : TO_EARTH.smallMost;
  return Math.abs(plus) < allowed && Math.abs(minus) < allowed;
}
