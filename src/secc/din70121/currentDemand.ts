/** DIN SPEC 70121, 9.4.2.4 and 9.4.2.5: the loop of charging, and the search for welded contactors after it. */
import type { Step } from "../../fsm/state.ts";
import * as steps from "../dc/steps.ts";
import { whileDemanding } from "./powerDelivery.ts";
import { type Din, type DinSession, type Request, state } from "./protocol.ts";
import { dcStatus } from "./status.ts";
import { stop } from "./stop.ts";

/** Answered at once: the EV waits 250 ms. [V2G-DC-465] */
function demand({ body }: Request<"CurrentDemandReq">, session: DinSession): Step<Din, "CurrentDemand"> {
  const message = {
    ResponseCode: "OK",
    DC_EVSEStatus: dcStatus(session, "power"),
    ...steps.demandAnswer(body, session),
  } as const;
  return { reply: { name: "CurrentDemandRes", message }, ...steps.demand(body, session), next: "CurrentDemand" };
}

/** Right after power on nothing but current may be asked for [V2G-DC-462]. */
export const currentDemandStarted = state({
  name: "CurrentDemandStarted",
  next: ["CurrentDemand", "Terminated"],
  on: { CurrentDemandReq: demand },
});

export const currentDemand = state({
  name: "CurrentDemand",
  next: ["CurrentDemand", "WeldingDetection", "Terminated"],
  on: { CurrentDemandReq: demand, PowerDeliveryReq: whileDemanding },
});

function detectWelding({ body }: Request<"WeldingDetectionReq">, session: DinSession): Step<Din, "WeldingDetection"> {
  const message = {
    ResponseCode: "OK",
    DC_EVSEStatus: dcStatus(session, "welding"),
    EVSEPresentVoltage: steps.presentVoltage(session),
  } as const;
  return { reply: { name: "WeldingDetectionRes", message }, ...steps.heard(body, session) };
}

/** After the power was switched off: the EV looks whether its contactors opened, then ends the session [V2G-DC-469]. */
export const weldingDetection = state({
  name: "WeldingDetection",
  next: ["WeldingDetection", "Terminated"],
  on: { WeldingDetectionReq: detectWelding, SessionStopReq: stop },
});
