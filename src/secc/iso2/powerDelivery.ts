/** ISO 15118-2, 8.4.3.9: power on, power off, or another schedule; for AC and DC. */
import type { Outcome, Step } from "../../fsm/state.ts";
import { sessionTimes } from "../../iso15118/timers.ts";
import { report } from "../dc/evReport.ts";
import { statusCode } from "../dc/supply.ts";
import { type ChargerEffect, decided, publish } from "../effects.ts";
import { exceedsSchedule } from "./chargingProfile.ts";
import { powerOff } from "./power.ts";
import { type Iso2, type Iso2Session, type Request, state } from "./protocol.ts";
import { type Failure, refuse } from "./refusals.ts";
import { evseStatus, isDc } from "./status.ts";
import { stop } from "./stop.ts";

type PowerDeliveryReq = Request<"PowerDeliveryReq">;

/** What forbids to follow the request, in the order in which the standard asks [V2G2-478] to [V2G2-480]. */
function startFault({ body }: PowerDeliveryReq, session: Iso2Session): Failure | undefined {
  const tuple = session.schedule.find(({ SAScheduleTupleID }) => SAScheduleTupleID === body.SAScheduleTupleID);
  if (!tuple) return "FAILED_TariffSelectionInvalid";
  if (body.ChargingProfile && exceedsSchedule(body.ChargingProfile, tuple.PMaxSchedule)) {
    return "FAILED_ChargingProfileInvalid";
  }
  return mayCharge(session) ? undefined : "FAILED_PowerDeliveryNotApplied";
}

/** Paid for, and nothing speaks against it. */
function mayCharge({ evse, authorization }: Iso2Session): boolean {
  const able = evse.notification !== "StopCharging" && !evse.rcd && evse.malfunction === undefined && !evse.shutdown;
  return able && authorization.status === "accepted";
}

/** Closes the contactor and answers when it is closed; after a renegotiation it is still so [V2G2-813]. */
function start(request: PowerDeliveryReq, session: Iso2Session): Outcome<Iso2, "ChargingStarted" | "Terminated"> {
  const fault = startFault(request, session);
  if (fault) return refuse("PowerDeliveryReq", fault, session);
  return {
    session: { powered: true, tupleId: request.body.SAScheduleTupleID },
    effects: session.powered ? [] : [publish("v2g_setup_finished"), publish("ac_close_contactor")],
    ms: sessionTimes.contactor.performance,
    until: (current) => current.evse.contactorClosed || !mayCharge(current),
    decide: started,
  };
}

function started(session: Iso2Session): Step<Iso2, "ChargingStarted" | "Terminated"> {
  if (!mayCharge(session)) return refuse("PowerDeliveryReq", "FAILED_PowerDeliveryNotApplied", session);
  if (session.evse.contactorClosed) return { ...done(session), next: "ChargingStarted" };
  const event = decided({
    step: 6,
    title: "the contactor did not close in time",
    outcome: "refused",
    rule: "[V2G2-865]",
    fix: "See why the EVSE did not allow power, or whether the EV stayed in control pilot state B.",
  });
  return { ...refuse("PowerDeliveryReq", "FAILED_ContactorError", session), effects: [event] };
}

/** Power off before the answer; in DC the EV may then look for welded contactors. */
function switchOff<Next extends "SessionStop" | "WeldingDetection">(
  session: Iso2Session,
  next: Next,
): Step<Iso2, Next> {
  const off = powerOff(session);
  return { ...done({ ...session, ...off.session }), ...off, next };
}

function done(session: Iso2Session): Step<Iso2, never> {
  return { reply: { name: "PowerDeliveryRes", message: { ResponseCode: "OK", ...evseStatus(session) } } };
}

/** Before charging: begin, or end without having charged. */
export const powerDelivery = state({
  name: "PowerDelivery",
  next: ["ChargingStarted", "SessionStop", "WeldingDetection", "Terminated"],
  on: {
    PowerDeliveryReq(request, session) {
      switch (request.body.ChargeProgress) {
        case "Start":
          // A DC EV comes here without a cable check, to stop, as there is no energy for it.
          return isDc(session) ? refuse("PowerDeliveryReq", "FAILED", session) : start(request, session);
        case "Stop":
          return switchOff(session, isDc(session) ? "WeldingDetection" : "SessionStop");
        case "Renegotiate":
          return refuse("PowerDeliveryReq", "FAILED", session);
      }
    },
    SessionStopReq: stop,
  },
});

/** While charging: end, or agree on something else with the contactor closed [V2G2-813]. */
export function whileCharging(
  request: PowerDeliveryReq,
  session: Iso2Session,
): Outcome<Iso2, "SessionStop" | "ChargeParameterDiscovery" | "Terminated"> {
  switch (request.body.ChargeProgress) {
    case "Start":
      return refuse("PowerDeliveryReq", "FAILED", session);
    case "Stop":
      return switchOff(session, "SessionStop");
    case "Renegotiate":
      return { ...done(session), next: "ChargeParameterDiscovery" };
  }
}

/** What the EV tells with its request; taken in where the request is accepted. */
function heard({ body }: PowerDeliveryReq, session: Iso2Session): { session: Iso2Session; effects: ChargerEffect[] } {
  // Nothing in it speaks of times.
  const { dc, effects } = report(session.dc, body.DC_EVPowerDeliveryParameter ?? {}, 0);
  return { session: { ...session, dc }, effects };
}

/** What forbids to give current: the DC status says whether the EVSE is ready, for EVs too [V2G2-480]. */
function demandFault(request: PowerDeliveryReq, session: Iso2Session): Failure | undefined {
  const fault = startFault(request, session);
  if (fault) return fault;
  const { evse, dc } = session;
  const ready = dc.cableCheck === "passed" && statusCode(evse, dc, "power") === "EVSE_Ready";
  if (!ready) return "FAILED_PowerDeliveryNotApplied";
  const pause = evse.dc.noEnergyPause;
  return pause === undefined || pause === "AllowEvToIgnorePause" ? undefined : "FAILED";
}

/** Adds what the EV has told to a step that accepts its request. */
function andHeard<Next extends string>(
  step: Step<Iso2, Next>,
  told: { session: Iso2Session; effects: ChargerEffect[] },
): Step<Iso2, Next> {
  const dc = { ...told.session.dc, ...step.session?.dc };
  return { ...step, session: { ...step.session, dc }, effects: [...told.effects, ...(step.effects ?? [])] };
}

/** DC, after the precharge: current, or an end without having charged. The contactor is closed since the cable check. */
export function beforeDemand(
  request: PowerDeliveryReq,
  session: Iso2Session,
): Step<Iso2, "CurrentDemandStarted" | "WeldingDetection" | "Terminated"> {
  const told = heard(request, session);
  switch (request.body.ChargeProgress) {
    case "Start": {
      const fault = demandFault(request, session);
      if (fault) return refuse("PowerDeliveryReq", fault, session);
      const effects = [publish("v2g_setup_finished")];
      const started = { session: { tupleId: request.body.SAScheduleTupleID }, effects };
      return andHeard({ ...done(session), ...started, next: "CurrentDemandStarted" }, told);
    }
    case "Stop":
      return andHeard(switchOff(told.session, "WeldingDetection"), told);
    case "Renegotiate":
      return refuse("PowerDeliveryReq", "FAILED", session);
  }
}

/** DC, while charging. Other limits need another cable check, so the power goes off for them too. */
export function whileDemanding(
  request: PowerDeliveryReq,
  session: Iso2Session,
): Step<Iso2, "WeldingDetection" | "ChargeParameterDiscovery" | "Terminated"> {
  const told = heard(request, session);
  switch (request.body.ChargeProgress) {
    case "Start":
      return refuse("PowerDeliveryReq", "FAILED", session);
    case "Stop":
      return andHeard(switchOff(told.session, "WeldingDetection"), told);
    case "Renegotiate": {
      const { effects } = powerOff(told.session);
      const dc = { ...told.session.dc, cableCheck: "none", demanding: false } as const;
      return andHeard(
        { ...done(session), session: { powered: false, dc }, effects, next: "ChargeParameterDiscovery" },
        told,
      );
    }
  }
}
