/** ISO 15118-2, 8.4.3.9: power on, power off, or another schedule. */
import type { Outcome, Step } from "../../fsm/state.ts";
import { sessionTimes } from "../../iso15118/timers.ts";
import { decided, publish } from "../effects.ts";
import { exceedsSchedule } from "./chargingProfile.ts";
import { type Iso2, type Iso2Session, type Request, state } from "./protocol.ts";
import { type Failure, refuse } from "./refusals.ts";
import { evseStatus } from "./status.ts";
import { stop } from "./stop.ts";

type PowerDeliveryReq = Request<"PowerDeliveryReq">;

/** What forbids to follow the request, in the order in which the standard asks [V2G2-478] to [V2G2-480]. */
function startFault({ body }: PowerDeliveryReq, session: Iso2Session): Failure | undefined {
  const tuple = session.schedule.find(({ SAScheduleTupleID }) => SAScheduleTupleID === body.SAScheduleTupleID);
  if (!tuple) return "FAILED_TariffSelectionInvalid";
  if (body.ChargingProfile && exceedsSchedule(body.ChargingProfile, tuple.PMaxSchedule)) {
    return "FAILED_ChargingProfileInvalid";
  }
  const { evse, authorization } = session;
  const able = evse.notification !== "StopCharging" && !evse.rcd && evse.malfunction === undefined;
  return able && authorization.status === "accepted" ? undefined : "FAILED_PowerDeliveryNotApplied";
}

/** Closes the contactor and answers when it is closed. */
function start(request: PowerDeliveryReq, session: Iso2Session): Outcome<Iso2, "ChargingStarted" | "Terminated"> {
  const fault = startFault(request, session);
  if (fault) return refuse("PowerDeliveryReq", fault, session);
  return {
    session: { powered: true, tupleId: request.body.SAScheduleTupleID },
    effects: [publish("v2g_setup_finished"), publish("ac_close_contactor")],
    ms: sessionTimes.contactor.performance,
    until: ({ evse }) => evse.contactorClosed || evse.shutdown,
    decide: started,
  };
}

function started(session: Iso2Session): Step<Iso2, "ChargingStarted" | "Terminated"> {
  if (session.evse.contactorClosed && !session.evse.shutdown) return { ...done(session), next: "ChargingStarted" };
  const event = decided({
    step: 6,
    title: "the contactor did not close in time",
    outcome: "refused",
    rule: "[V2G2-865]",
    fix: "See why the EVSE did not allow power, or whether the EV stayed in control pilot state B.",
  });
  return { ...refuse("PowerDeliveryReq", "FAILED_ContactorError", session), effects: [event] };
}

function switchOff(session: Iso2Session): Step<Iso2, "SessionStop"> {
  const effects = session.powered ? [publish("ac_open_contactor")] : [];
  return { ...done(session), session: { powered: false }, effects, next: "SessionStop" };
}

function done(session: Iso2Session): Step<Iso2, never> {
  return { reply: { name: "PowerDeliveryRes", message: { ResponseCode: "OK", ...evseStatus(session) } } };
}

/** Before charging: begin, or end without having charged. */
export const powerDelivery = state({
  name: "PowerDelivery",
  next: ["ChargingStarted", "SessionStop", "Terminated"],
  on: {
    PowerDeliveryReq(request, session) {
      switch (request.body.ChargeProgress) {
        case "Start":
          return start(request, session);
        case "Stop":
          return switchOff(session);
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
      return switchOff(session);
    case "Renegotiate":
      return { ...done(session), next: "ChargeParameterDiscovery" };
  }
}
