import { dcPreparation } from "../dc/preparation.ts";
import { powerDeliveryReq } from "./powerDelivery.ts";
import { askAgain, type Din, dcNeeds, end, leave, state } from "./protocol.ts";

const { cableChecked, voltageRaised } = dcPreparation<Din, "PowerDelivery">({
  ...{ dcNeeds, end, leave },
  askAgain: (again, session, effect) => askAgain(again, session, [effect]),
  preCharged: (session, effects) => ({
    next: "PowerDelivery",
    session: { ready: true },
    reply: powerDeliveryReq(session, true),
    effects,
  }),
});

/** DIN SPEC 70121, 9.4.2.2: the EVSE checks the insulation; the car waits 40 s at most. */
export const cableCheck = state({
  name: "CableCheck",
  next: ["CableCheck", "PreCharge", "SessionStop", "Terminated"],
  on: { CableCheckRes: cableChecked },
});

/** DIN SPEC 70121, 9.4.2.3: the output comes to the battery's voltage within 7 s; then the car closes its contactor. */
export const preCharge = state({
  name: "PreCharge",
  next: ["PreCharge", "PowerDelivery", "SessionStop"],
  on: { PreChargeRes: voltageRaised },
});
