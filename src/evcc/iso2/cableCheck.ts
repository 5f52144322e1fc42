import type { Outcome } from "../../fsm/state.ts";
import { cablePatience, dcPreparation } from "../dc/preparation.ts";
import { cableCheckReq } from "../dc/requests.ts";
import { decided, publish, satisfied } from "../effects.ts";
import { NO_ENERGY, pauseFor } from "./charging.ts";
import { powerDeliveryStart } from "./powerDeliveryReq.ts";
import { askAgain, dcNeeds, end, type Iso2, type Iso2Session, state, stopSession } from "./protocol.ts";

/** The first request of DC charging; the car goes to control pilot state C for it. */
export function beginCableCheck(session: Iso2Session) {
  return {
    next: "CableCheck",
    reply: cableCheckReq(session.dc),
    effects: [satisfied, cablePatience, publish("ev_power_ready", true)],
  } as const;
}

/** The car leaves, because of the EVSE, with its power off. */
function leave(endingReason: string, session: Iso2Session): Outcome<Iso2, "SessionStop"> {
  const { effects = [], ...step } = stopSession({ ...session, ending: "Terminate" });
  const left = decided({ step: 6, title: `stops before charging: ${endingReason}`, outcome: "refused" });
  return {
    ...step,
    session: { ...step.session, endingReason },
    effects: [left, satisfied, publish("stop_from_charger"), ...effects],
  };
}

const { cableChecked, voltageRaised } = dcPreparation<Iso2, "PowerDelivery">({
  ...{ dcNeeds, end, leave },
  askAgain: (again, session, effect) => askAgain(again(session), session, effect),
  preCharged(session, effects) {
    if (session.dc.pauseWanted) return pauseFor(NO_ENERGY, session);
    return { next: "PowerDelivery", reply: powerDeliveryStart(session), effects };
  },
});

/** ISO 15118-2, 8.4.5.2: the EVSE checks the insulation; the car waits 40 s at most. */
export const cableCheck = state({
  name: "CableCheck",
  next: ["CableCheck", "PreCharge", "SessionStop", "Terminated"],
  on: { CableCheckRes: cableChecked },
});

/** ISO 15118-2, 8.4.5.3: the output comes to the battery's voltage within 7 s; then the car closes its contactor. */
export const preCharge = state({
  name: "PreCharge",
  next: ["PreCharge", "PowerDelivery", "SessionStop"],
  on: { PreChargeRes: voltageRaised },
});
