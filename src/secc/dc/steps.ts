/**
 * What the requests of DC charging do to a session, and what is answered, as far as DIN SPEC 70121 and ISO 15118-2 have it
 * in common. Pure.
 */
import { physicalValue, plainValue } from "../../iso15118/physicalValue.ts";
import { type Authorization, HOLD_MS } from "../authorization.ts";
import { type ChargerEffect, type Effect, publish } from "../effects.ts";
import type { Evse } from "../evse.ts";
import { type EvReport, report } from "./evReport.ts";
import { beginCableCheck, cableCheckFault, cableCheckRefused, type DcProgress } from "./progress.ts";
import { limitsAchieved, presentLimits } from "./supply.ts";

/** The part of a session that DC charging is about. */
export interface DcSession {
  readonly evse: Evse;
  readonly dc: DcProgress;
  /** Whether the contactor may be closed. */
  readonly powered: boolean;
  readonly authorization: Authorization;
  /** When the message under way came, in milliseconds since 1970. */
  readonly now: number;
}

interface Change {
  readonly session: Pick<DcSession, "dc">;
  readonly effects: readonly ChargerEffect[];
}

/** An authorization that was taken back after it was given ends all that puts voltage on the cable. */
export function mayHavePower({ authorization }: DcSession): boolean {
  return authorization.status === "accepted";
}

/** CableCheckReq: the first one begins the check; every answer is held back for the outcome. */
export function checkCable(body: EvReport, { dc, now }: DcSession) {
  const told = report(dc, body, now);
  const began = told.dc.cableCheck === "none" ? beginCableCheck(told.dc, now) : { dc: told.dc, effects: [] };
  return {
    session: { dc: began.dc, powered: true },
    effects: [...told.effects, ...began.effects],
    ms: HOLD_MS,
    until: (current: DcSession) => current.dc.cableCheck !== "running" || current.evse.shutdown,
  };
}

/** How far the check is, or with what words it is given up. */
export function cableCheckSoFar({
  evse,
  dc,
  now,
}: DcSession): { readonly EVSEProcessing: "Finished" | "Ongoing" } | { readonly failed: readonly Effect[] } {
  if (evse.shutdown) return { failed: [] };
  const fault = cableCheckFault(evse, dc, now + HOLD_MS);
  if (fault !== undefined) return { failed: [cableCheckRefused(fault)] };
  return { EVSEProcessing: dc.cableCheck === "passed" ? "Finished" : "Ongoing" };
}

/** PreChargeReq. @param first whether it begins the precharge */
export function preCharge(body: EvReport, { dc, now }: DcSession, first: boolean): Change {
  const told = report(dc, body, now);
  const preChargeVoltage = body.EVTargetVoltage ? plainValue(body.EVTargetVoltage) : dc.preChargeVoltage;
  const effects = first ? [publish("start_pre_charge"), ...told.effects] : told.effects;
  return { session: { dc: { ...told.dc, preChargeVoltage } }, effects };
}

/** Volt that the output may differ from the battery when the EV closes its contactor (IEC 61851-23). */
const PRECHARGE_TOLERANCE = 20;

/** Whether the output is so far below the battery that current would flow out of it. */
export function voltageTooLow({ evse, dc }: DcSession): boolean {
  return evse.dc.present.voltage < dc.preChargeVoltage - PRECHARGE_TOLERANCE;
}

/** CurrentDemandReq: the first one tells that current flows from here on. */
export function demand(body: EvReport, { dc, now }: DcSession): Change {
  const told = report(dc, body, now);
  const effects = dc.demanding ? told.effects : [publish("current_demand_started"), ...told.effects];
  return { session: { dc: { ...told.dc, demanding: true } }, effects };
}

/** Whatever the EV tells beside. */
export function heard(body: EvReport, { dc, now }: DcSession): Change {
  const told = report(dc, body, now);
  return { session: { dc: told.dc }, effects: told.effects };
}

/** What is measured at the output. */
export function presentVoltage({ evse }: DcSession) {
  return physicalValue(evse.dc.present.voltage, "V");
}

/** CurrentDemandRes: what is measured and what is allowed. */
export function demandAnswer(body: EvReport, session: DcSession) {
  const { dc } = session.evse;
  return {
    EVSEPresentVoltage: presentVoltage(session),
    EVSEPresentCurrent: physicalValue(dc.present.current, "A"),
    ...limitsAchieved(body, dc),
    ...presentLimits(dc),
  };
}
