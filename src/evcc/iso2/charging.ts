/** What AC and DC charging have in common: going on, and ending it. */
import type { Outcome, Step } from "../../fsm/state.ts";
import type { DcEvErrorCode } from "../../interfaces/types/iso15118.ts";
import { statusFault } from "../dc/charging.ts";
import { currentDemandReq } from "../dc/requests.ts";
import { decided, publish } from "../effects.ts";
import { powerDeliveryReq } from "./powerDeliveryReq.ts";
import { dcNeeds, type EvseStatus, type Iso2, type Iso2Session, isDc, powerOff, type Request } from "./protocol.ts";

export const chargingStatusReq: Request = { name: "ChargingStatusReq", message: {} };

/** What the EVSE's status, or the car's own wish, does to charging; undefined: it goes on. */
export function afterStatus(status: EvseStatus, session: Iso2Session): Step<Iso2, "PowerDelivery"> | undefined {
  if (session.ending) return stopPower(session);
  const fault = faultOf(status);
  if (fault !== undefined) return stopBecause(fault, session);
  if (session.renegotiating && status.EVSENotification !== "StopCharging") return renegotiate(session);
  switch (status.EVSENotification) {
    case "StopCharging":
      return stopBecause("the EVSE asks the car to stop", session);
    case "ReNegotiation":
      return renegotiate(session);
    case "None":
      return undefined;
  }
}

function faultOf(status: EvseStatus): string | undefined {
  if (!("RCD" in status)) return statusFault(status.EVSEStatusCode, status.EVSEIsolationStatus);
  return status.RCD ? "the EVSE's residual current device has found a fault" : undefined;
}

/** The next turn of the loop. */
export function loopRequest(session: Iso2Session) {
  return isDc(session)
    ? ({ next: "CurrentDemand", reply: currentDemandReq(session.dc, dcNeeds(session)) } as const)
    : ({ next: "ChargingStatus", reply: chargingStatusReq } as const);
}

/** Asks again after a while, or at once for the end or another schedule when the car wants that. */
export function chargeOn({ car }: Iso2Session): Outcome<Iso2, "ChargingStatus" | "CurrentDemand" | "PowerDelivery"> {
  return {
    ms: car.pace.loop,
    until: ({ ending, renegotiating }) => ending !== undefined || renegotiating,
    decide(session) {
      if (session.ending) return stopPower(session);
      return session.renegotiating ? renegotiate(session) : loopRequest(session);
    },
  };
}

/** With power on, the car and the EVSE agree on another schedule [V2G2-813]. */
function renegotiate(session: Iso2Session): Step<Iso2, "PowerDelivery"> {
  const step = powerDelivery("Renegotiate", session);
  return { ...step, session: { ...step.session, renegotiating: false } };
}

/** Stops for what the EVSE does or wants. @param error what the EVSE is told, where it is at fault */
export function stopBecause(
  endingReason: string,
  session: Iso2Session,
  error: DcEvErrorCode = "NO_ERROR",
): Step<Iso2, "PowerDelivery"> {
  const dc = { ...session.dc, error };
  const { effects = [], ...step } = stopPower({ ...session, dc });
  return {
    ...step,
    session: { ...step.session, ...(error === "NO_ERROR" ? {} : { dc }), ending: "Terminate", endingReason },
    effects: [decided({ step: 6, title: `stops charging: ${endingReason}` }), publish("stop_from_charger"), ...effects],
  };
}

export const NO_ENERGY = "the EVSE has no energy for the car";

/** Leaves as there is no energy, to come back. */
export function pauseFor(endingReason: string, session: Iso2Session): Step<Iso2, "PowerDelivery"> {
  const step = powerDelivery("Stop", session);
  return {
    ...step,
    session: { ...step.session, ending: "Pause", endingReason },
    effects: [decided({ step: 6, title: `pauses: ${endingReason}` }), publish("pause_from_charger")],
  };
}

/** Stops as the car has what it wanted. */
export function enough(endingReason: string, session: Iso2Session): Step<Iso2, "PowerDelivery"> {
  const { effects = [], ...step } = stopPower(session);
  return {
    ...step,
    session: { ...step.session, ending: "Terminate", endingReason },
    effects: [decided({ step: 6, title: `stops charging: ${endingReason}` }), ...effects],
  };
}

/** A DC car opens its contactor only when the EVSE has switched off: no contactor opens under load. */
function stopPower(session: Iso2Session): Step<Iso2, "PowerDelivery"> {
  const step = powerDelivery("Stop", session);
  return isDc(session) ? step : { ...step, effects: [powerOff] };
}

function powerDelivery(progress: "Stop" | "Renegotiate", session: Iso2Session): Step<Iso2, "PowerDelivery"> {
  return { next: "PowerDelivery", session: { progress }, reply: powerDeliveryReq(progress, session) };
}
