/**
 * A car that charges with direct current, as DIN SPEC 70121 and ISO 15118-2 have it in common: what it asks for, what it
 * makes of the answers, and what it does not put up with. Pure.
 */
import type { DcEvErrorCode } from "../../interfaces/types/iso15118.ts";
import { plainValue } from "../../iso15118/physicalValue.ts";
import type { Car, DcNeeds } from "../car.ts";
import { charged, isFull, type Point, type SupplyLimits, wanted, within } from "./battery.ts";

/** What a session knows of charger and battery. */
export interface DcState {
  /** Percent. */
  readonly soc: number;
  /** The car's own instruments tell the state of charge; it is not reckoned up here. */
  readonly socGiven: boolean;
  readonly limits: SupplyLimits | undefined;
  /** When the last measured values came, in milliseconds of a monotonic clock. */
  readonly measuredAt: number | undefined;
  readonly error: DcEvErrorCode;
  /** The charger has no energy, and wants the car to pause when the output has its voltage. */
  readonly pauseWanted: boolean;
  /** Requests for welding detection that were answered. */
  readonly weldingChecks: number;
}

export function newDcState({ dc }: Car): DcState {
  return {
    soc: dc?.soc ?? 0,
    socGiven: false,
    limits: undefined,
    measuredAt: undefined,
    error: "NO_ERROR",
    pauseWanted: false,
    weldingChecks: 0,
  };
}

type Quantity = Parameters<typeof plainValue>[0];

/** Limits as chargers tell them, before charging or in the loop. */
interface LimitsOf {
  readonly EVSEMaximumVoltageLimit?: Quantity;
  readonly EVSEMaximumCurrentLimit?: Quantity;
  readonly EVSEMaximumPowerLimit?: Quantity;
  readonly EVSEMinimumVoltageLimit?: Quantity;
  readonly EVSEMinimumCurrentLimit?: Quantity;
}

const unlimited: SupplyLimits = {
  maxVoltage: Number.POSITIVE_INFINITY,
  maxCurrent: Number.POSITIVE_INFINITY,
  maxPower: Number.POSITIVE_INFINITY,
  minVoltage: 0,
  minCurrent: 0,
};

/** What a charger leaves out stays as it was. */
export function learnLimits(known: SupplyLimits = unlimited, of: LimitsOf): SupplyLimits {
  const or = (value: Quantity | undefined, before: number) => (value ? plainValue(value) : before);
  return {
    maxVoltage: or(of.EVSEMaximumVoltageLimit, known.maxVoltage),
    maxCurrent: or(of.EVSEMaximumCurrentLimit, known.maxCurrent),
    maxPower: or(of.EVSEMaximumPowerLimit, known.maxPower),
    minVoltage: or(of.EVSEMinimumVoltageLimit, known.minVoltage),
    minCurrent: or(of.EVSEMinimumCurrentLimit, known.minCurrent),
  };
}

/** Why this charger is none for this car; undefined when it is one. */
export function incompatibility(dc: DcNeeds, limits: SupplyLimits): string | undefined {
  const { targetVoltage, maxCurrent } = dc;
  if (limits.maxVoltage < targetVoltage) return `it gives ${limits.maxVoltage} V, the car needs ${targetVoltage} V`;
  if (limits.minVoltage > targetVoltage) {
    return `it gives no less than ${limits.minVoltage} V, the car needs ${targetVoltage} V`;
  }
  if (limits.minCurrent > maxCurrent) {
    return `it gives no less than ${limits.minCurrent} A, the car takes ${maxCurrent} A`;
  }
  return undefined;
}

/** What to ask for now. */
export function demand(dc: DcNeeds, { soc, limits }: DcState): Point {
  return within(wanted(soc, dc), limits);
}

/** How long a lenient car waits for what most chargers do not find easy: an answer in the loop, in milliseconds. */
export const LENIENT_LOOP_MS = 5000;

/** Ampere that may flow before the car's contactor is closed (IEC 61851-23). */
const PRECHARGE_CURRENT = 2;
/** Volt that the output may differ from the battery when the car's contactor closes (IEC 61851-23). */
const PRECHARGE_TOLERANCE = 20;

export function preChargeDemand(dc: DcNeeds, { limits }: DcState): Point {
  return within({ voltage: wanted(0, dc).voltage, current: PRECHARGE_CURRENT }, limits);
}

export function isPreCharged({ voltage }: Point, presentVoltage: number): boolean {
  return Math.abs(presentVoltage - voltage) < PRECHARGE_TOLERANCE;
}

/** Ampere that a charger may be off in any case, and how much of the current asked for. */
const CURRENT_TOLERANCE = { least: 5, share: 0.1 } as const;

/** What is wrong with the measured values, as the car tells the charger. */
export function danger(dc: DcNeeds, { voltage, current }: Point): { error: DcEvErrorCode; reason: string } | undefined {
  if (voltage > dc.maxVoltage) {
    const reason = `${voltage} V is more than the ${dc.maxVoltage} V that the car bears`;
    return { error: "FAILED_ChargingVoltageOutOfRange", reason };
  }
  const most = dc.maxCurrent + Math.max(CURRENT_TOLERANCE.least, dc.maxCurrent * CURRENT_TOLERANCE.share);
  if (current > most) {
    const reason = `${current} A is more than the ${dc.maxCurrent} A that the car takes`;
    return { error: "FAILED_ChargingCurrentdifferential", reason };
  }
  return undefined;
}

/** What a measurement makes of the battery. @param at milliseconds of a monotonic clock */
export function measured(dc: DcNeeds, state: DcState, point: Point, at: number): DcState {
  const { soc, socGiven, measuredAt } = state;
  const seconds = measuredAt === undefined ? 0 : (at - measuredAt) / 1000;
  return { ...state, measuredAt: at, soc: socGiven ? soc : charged(soc, dc, point, seconds) };
}

export function isComplete(dc: DcNeeds, { soc }: DcState): boolean {
  return isFull(soc, dc);
}

/** Why the charger's status ends charging; undefined while it does not. */
export function statusFault(EVSEStatusCode: string, isolation: string | undefined): string | undefined {
  if (isolation === "Fault") return "the EVSE has found a fault of the insulation";
  return statusFaults[EVSEStatusCode];
}

const statusFaults: Readonly<Partial<Record<string, string>>> = {
  EVSE_Shutdown: "the EVSE shuts down",
  EVSE_EmergencyShutdown: "the EVSE shuts down in an emergency",
  EVSE_UtilityInterruptEvent: "the grid interrupts charging",
  EVSE_Malfunction: "the EVSE does not work",
};

/** Volt below which an output is safe to touch. */
const SAFE_VOLTAGE = 60;
const MAX_WELDING_CHECKS = 10;

/** Whether the output was seen to be without voltage, or was looked at often enough. */
export function weldingChecked({ weldingChecks }: DcState, presentVoltage: number): boolean {
  return presentVoltage < SAFE_VOLTAGE || weldingChecks >= MAX_WELDING_CHECKS;
}
