/**
 * How far a session has come with DC charging, and the check of the cable; DIN SPEC 70121 and ISO 15118-2 have it in common.
 */
import type { DcEvMaximumLimits } from "../../interfaces/types/iso15118.ts";
import { sessionTimes } from "../../iso15118/timers.ts";
import { type ChargerEffect, decided, type Effect, publish } from "../effects.ts";
import type { Evse } from "../evse.ts";

/** How far a session has come with DC charging. */
export interface DcProgress {
  readonly cableCheck: "none" | "running" | "passed" | "failed";
  /** When the check began, in milliseconds since 1970. */
  readonly checkBegan: number;
  /** What the EV wants the output to have before it closes its contactor, in volt; 0 until it has said so. */
  readonly preChargeVoltage: number;
  /** Whether the EV draws current, or may. */
  readonly demanding: boolean;
  /** Whether the EV has switched the power off. */
  readonly shutDown: boolean;
  /** What the EV takes at most, as far as it has said so. */
  readonly evLimits: DcEvMaximumLimits;
  /** What the EVSE's manager has heard of the EV, by variable, as text. */
  readonly heard: Readonly<Record<string, string>>;
}

/** A session that has not come to DC charging. */
export const noDc: DcProgress = {
  cableCheck: "none",
  checkBegan: 0,
  preChargeVoltage: 0,
  demanding: false,
  shutDown: false,
  evLimits: {},
  heard: {},
};

/** The check begins when the EV asks for it first; the contactor may close for it. */
export function beginCableCheck(dc: DcProgress, now: number): { dc: DcProgress; effects: ChargerEffect[] } {
  return { dc: { ...dc, cableCheck: "running", checkBegan: now }, effects: [publish("start_cable_check")] };
}

/** The outcome of the check; it counts only while it is waited for. */
export function cableChecked(dc: DcProgress, passed: boolean): DcProgress {
  return dc.cableCheck === "running" ? { ...dc, cableCheck: passed ? "passed" : "failed" } : dc;
}

/** Why there is no going on after the cable check; undefined when it passed, or runs in time. */
export function cableCheckFault({ dc: { isolation } }: Evse, dc: DcProgress, now: number): string | undefined {
  if (dc.cableCheck === "failed" || isolation === "Fault") return "the insulation of cable and EV did not pass";
  const late = dc.cableCheck === "running" && now - dc.checkBegan > sessionTimes.cableCheck.performance;
  return late ? "the cable check did not end in time" : undefined;
}

export function cableCheckRefused(title: string): Effect {
  const fix = "See the faults of isolation monitor, power supply and contactor of the EVSE.";
  return decided({ step: 6, title, outcome: "refused", rule: "V2G_SECC_CableCheck_Performance_Time, 8.7.2", fix });
}

/** What switches a DC output off; sent once, when there is something to switch off. */
export function dcPowerOff({ demanding }: DcProgress): ChargerEffect[] {
  return [...(demanding ? [publish("current_demand_finished")] : []), publish("dc_open_contactor")];
}
