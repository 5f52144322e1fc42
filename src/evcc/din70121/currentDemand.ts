import type { Outcome, Step } from "../../fsm/state.ts";
import type { DcEvErrorCode } from "../../interfaces/types/iso15118.ts";
import { currentDemandFound, leaveReason, weldingVerdict } from "../dc/answers.ts";
import { currentDemandReq, weldingDetectionReq } from "../dc/requests.ts";
import { decided, publish } from "../effects.ts";
import { powerDeliveryReq } from "./powerDelivery.ts";
import { type Din, type DinSession, dcNeeds, goodbye, state } from "./protocol.ts";

/** DIN SPEC 70121, 9.4.2.4: the loop of charging. */
export const currentDemand = state({
  name: "CurrentDemand",
  next: ["CurrentDemand", "PowerDelivery"],
  on: {
    CurrentDemandRes({ body, at }, before) {
      const { dc, stop, full } = currentDemandFound(body, dcNeeds(before), before.dc, at);
      const session = { ...before, dc };
      const next = stop
        ? stopFor(stop.reason, session, stop.error)
        : decide(leaveReason(body.DC_EVSEStatus), session, full);
      return { ...next, session: { dc, ...next.session } };
    },
  },
});

function decide(
  wish: string | undefined,
  session: DinSession,
  full: boolean,
): Outcome<Din, "CurrentDemand" | "PowerDelivery"> {
  if (session.ending) return switchOff(session);
  if (wish !== undefined) return stopFor(wish, session);
  return full ? enough(session) : chargeOn(session);
}

/** Asks again after a while, or at once for the end when the car wants to stop. */
function chargeOn({ car }: DinSession): Outcome<Din, "CurrentDemand" | "PowerDelivery"> {
  return {
    ms: car.pace.loop,
    until: ({ ending }) => ending !== undefined,
    decide: (session) =>
      session.ending
        ? switchOff(session)
        : { next: "CurrentDemand", reply: currentDemandReq(session.dc, dcNeeds(session)) },
  };
}

/** The car opens its contactor only when the EVSE has switched off: no contactor opens under load. */
function switchOff(session: DinSession): Step<Din, "PowerDelivery"> {
  return { next: "PowerDelivery", session: { ready: false }, reply: powerDeliveryReq(session, false) };
}

/** Stops for what the EVSE does or wants. @param error what the EVSE is told, where it is at fault */
function stopFor(
  endingReason: string,
  session: DinSession,
  error: DcEvErrorCode = "NO_ERROR",
): Step<Din, "PowerDelivery"> {
  const dc = { ...session.dc, error };
  const off = switchOff({ ...session, dc });
  return {
    ...off,
    session: { ...off.session, dc, ending: "Terminate", endingReason },
    effects: [decided({ step: 6, title: `stops charging: ${endingReason}` }), publish("stop_from_charger")],
  };
}

function enough(session: DinSession): Step<Din, "PowerDelivery"> {
  const endingReason = "the battery is full";
  const off = switchOff(session);
  return {
    ...off,
    session: { ...off.session, ending: "Terminate", endingReason },
    effects: [decided({ step: 6, title: `stops charging: ${endingReason}` })],
  };
}

/** DIN SPEC 70121, 9.4.2.5: with its contactor open, the car looks whether the voltage goes. */
export const weldingDetection = state({
  name: "WeldingDetection",
  next: ["WeldingDetection", "SessionStop"],
  on: {
    WeldingDetectionRes({ body }, session) {
      const { dc, verdict } = weldingVerdict(body, session.dc);
      if (verdict.so === "go") {
        const { effects = [], ...step } = goodbye(session);
        return { ...step, effects: [decided({ step: 6, title: verdict.reason }), ...effects] };
      }
      return {
        session: { dc },
        ms: session.car.pace.ongoing,
        until: () => false,
        decide: (then) => ({ reply: weldingDetectionReq(then.dc) }),
      };
    },
  },
});
