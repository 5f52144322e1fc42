/**
 * What the DC output of an EVSE knows, hears and does. Volt, ampere, watt, ohm; times are ms of the monotonic clock.
 */
import type { ExternalDerating } from "../../../interfaces/types/dc_external_derate.ts";
import type {
  DcEvMaximumLimits,
  DcEvseMaximumLimits,
  DcEvseMinimumLimits,
  IsolationStatus,
} from "../../../interfaces/types/iso15118.ts";
import type { IsolationMeasurement } from "../../../interfaces/types/isolation_monitor.ts";
import type { Capabilities, ChargingPhase } from "../../../interfaces/types/power_supply_DC.ts";
import type { ChargerStateName } from "../charger/model.ts";

/** Everything that the configuration says to the DC output. */
export interface DcConfig {
  readonly hasImd: boolean;
  readonly hasOverVoltageMonitor: boolean;
  /** For the insulation check; undefined: as IEC 61851-23 has it. */
  readonly isolationVoltage: number | undefined;
  readonly measurements: number;
  readonly selfTest: boolean;
  /** The self test runs before the contactor closes, at this voltage. */
  readonly earlySelfTestVoltage: number | undefined;
  readonly contactorTimeoutMs: number;
  readonly waitForSafeVoltage: boolean;
  /** The output below this resistance to earth is faulty. */
  readonly faultResistance: number;
  readonly rampPerSecond: number;
  readonly overVoltageMs: number;
  readonly plausibleSpread: number;
  readonly implausibleMs: number;
  readonly pauseImdDuringPreCharge: boolean;
  /** Gives what is offered to cars that ask for whole ampere only. */
  readonly fillUpWholeAmperes: boolean;
  /** A car may ask for less than its battery's voltage, or for a negative current, before it knows better. */
  readonly passOverOddTargets: boolean;
  /** Ampere added to what the car is told of the current. */
  readonly presentCurrentOffset: number;
}

/** `checked`: the insulation is in order. From `preCharge` on there may be voltage at the plug for the car. */
export type DcStage = "off" | "cableCheck" | "checked" | "preCharge" | "charging";

export interface Point {
  readonly voltage: number;
  readonly current: number;
}

/** What the energy tree grants, and until when. */
export interface Grant {
  readonly watt: number;
  readonly validUntil: number;
}

/** Of the check of cable and car. */
export type CheckStep =
  /** The output is without voltage before anything closes. */
  | "discharged"
  | "earlyVoltage"
  | "earlySelfTest"
  | "contactor"
  | "voltage"
  | "selfTest"
  | "measurement"
  | "discharging"
  /** It did not pass; the voltage goes before that is said. */
  | "failed";

export interface CheckState {
  readonly step: CheckStep;
  /** When the step ends, whatever happened. */
  readonly until: number;
  /** When the supply must have been heard of again. */
  readonly heardUntil: number;
  /** Of the step that waits for a voltage. */
  readonly volt: number;
  readonly measured: number;
  readonly earlyTestPassed: boolean;
  readonly reason: string;
}

export type Instrument = "powerSupply" | "powermeter" | "overVoltageMonitor" | "isolationMonitor";

/** What is watched while there is power. */
export interface WatchState {
  readonly running: boolean;
  /** One fault is enough until charging begins anew. */
  readonly faulty: boolean;
  /** What each instrument measured since then. */
  readonly volts: Readonly<Partial<Record<Instrument, number>>>;
  /** Since when the voltage has been too high. */
  readonly highSince: number | undefined;
  /** Since when the instruments have disagreed. */
  readonly apartSince: number | undefined;
  /** When the voltage to earth was first out of range, and how often it was since. */
  readonly toEarth: { readonly since: number; readonly times: number } | undefined;
}

export interface DcState {
  readonly stage: DcStage;
  readonly charger: ChargerStateName;
  /** What the board was told last. */
  readonly contactorAllowed: boolean;
  /** What the board said last. */
  readonly contactorClosed: boolean;
  readonly capabilities: Capabilities | undefined;
  readonly derating: ExternalDerating;
  readonly grant: Grant;
  readonly evLimits: DcEvMaximumLimits;
  /** What the car asks for. */
  readonly target: Point;
  /** What the supply measures. */
  readonly present: Point;
  /** What the supply was told; off when undefined. */
  readonly supply: (Point & { readonly phase: ChargingPhase }) | undefined;
  /** Where the current was when it was last set, for the ramp. */
  readonly ramp: { readonly current: number; readonly at: number };
  readonly imdOn: boolean;
  readonly check: CheckState | undefined;
  readonly watches: WatchState;
  /** What ISO 15118 was told of the limits, as text. */
  readonly toldLimits: string;
}

export type DcInput =
  | { readonly type: "tick" }
  | { readonly type: "capabilities"; readonly capabilities: Capabilities }
  | { readonly type: "derate"; readonly derating: ExternalDerating }
  | { readonly type: "grant"; readonly watt: number; readonly validUntil: number }
  | { readonly type: "charger"; readonly name: ChargerStateName }
  | { readonly type: "contactor"; readonly open: boolean }
  | { readonly type: "measured"; readonly voltage: number; readonly current: number }
  | { readonly type: "isolation"; readonly measurement: IsolationMeasurement }
  | { readonly type: "selfTest"; readonly passed: boolean }
  /** Another instrument's voltage. */
  | { readonly type: "voltage"; readonly of: "powermeter" | "overVoltageMonitor"; readonly voltage: number }
  | { readonly type: "evLimits"; readonly limits: DcEvMaximumLimits }
  | { readonly type: "target"; readonly voltage: number; readonly current: number }
  | { readonly type: "startCableCheck" | "startPreCharge" | "demandStarted" | "demandFinished" | "openContactor" }
  /** The board is told so in this moment; where it may not, whatever is under way ends now. */
  | { readonly type: "contactorAllowed"; readonly allowed: boolean }
  | { readonly type: "unplugged" };

export type DcFault =
  | "MREC5OverVoltage"
  | "MREC11CableCheckFault"
  | "MREC22ResistanceFault"
  | "VoltagePlausibilityFault";

export type DcEffect =
  | { readonly do: "supplySet"; readonly voltage: number; readonly current: number }
  | { readonly do: "supplyOn" | "supplyOff"; readonly phase: ChargingPhase }
  | { readonly do: "imdStart" | "imdStop" }
  | { readonly do: "imdSelfTest"; readonly voltage: number }
  | { readonly do: "monitorStart" | "monitorStop" | "monitorReset" }
  | { readonly do: "monitorLimits"; readonly emergency: number; readonly error: number }
  /** ISO 15118 agrees to a closed contactor. */
  | { readonly do: "allowContactor" }
  | { readonly do: "chargingStarted" }
  | { readonly do: "checkFinished"; readonly passed: boolean }
  | { readonly do: "isolationStatus"; readonly status: IsolationStatus }
  | { readonly do: "tellCapabilities"; readonly capabilities: Capabilities }
  | { readonly do: "tellLimits"; readonly maximum: DcEvseMaximumLimits; readonly minimum: DcEvseMinimumLimits }
  | { readonly do: "tellPresent"; readonly voltage: number; readonly current: number }
  | { readonly do: "tellTarget"; readonly voltage: number; readonly current: number }
  /** For the charger: what may be drawn, and until when. */
  | { readonly do: "limit"; readonly ampere: number; readonly watt: number; readonly validUntil: number }
  | {
      readonly do: "raise";
      readonly error: DcFault;
      readonly subType: string;
      readonly severity: "Medium" | "High";
      readonly message: string;
    }
  | { readonly do: "note"; readonly title: string; readonly outcome: "ok" | "refused" };
