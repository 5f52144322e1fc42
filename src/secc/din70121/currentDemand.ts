/** DIN SPEC 70121, 9.4.2.4 and 9.4.2.5: the loop of charging, and the search for welded contactors after it. */
import type { Step } from "../../fsm/state.ts";
import { physicalValue } from "../../iso15118/physicalValue.ts";
import { report } from "../dc/evReport.ts";
import { limitsAchieved, presentLimits } from "../dc/supply.ts";
import { publish } from "../effects.ts";
import { whileDemanding } from "./powerDelivery.ts";
import { type Din, type DinSession, type Request, state } from "./protocol.ts";
import { dcStatus } from "./status.ts";
import { stop } from "./stop.ts";

/** Answered at once: the EV waits 250 ms. [V2G-DC-465] */
function demand({ body }: Request<"CurrentDemandReq">, session: DinSession): Step<Din, "CurrentDemand"> {
  const { dc, effects } = report(session.dc, body, session.now);
  const { present } = session.evse.dc;
  const message = {
    ResponseCode: "OK",
    DC_EVSEStatus: dcStatus(session, "power"),
    EVSEPresentVoltage: physicalValue(present.voltage, "V"),
    EVSEPresentCurrent: physicalValue(present.current, "A"),
    ...limitsAchieved(body, session.evse.dc),
    ...presentLimits(session.evse.dc),
  } as const;
  return {
    reply: { name: "CurrentDemandRes", message },
    session: { dc: { ...dc, demanding: true } },
    effects: session.dc.demanding ? effects : [publish("current_demand_started"), ...effects],
    next: "CurrentDemand",
  };
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
  const { dc, effects } = report(session.dc, body, session.now);
  const message = {
    ResponseCode: "OK",
    DC_EVSEStatus: dcStatus(session, "welding"),
    EVSEPresentVoltage: physicalValue(session.evse.dc.present.voltage, "V"),
  } as const;
  return { reply: { name: "WeldingDetectionRes", message }, session: { dc }, effects };
}

/** After the power was switched off: the EV looks whether its contactors opened, then ends the session [V2G-DC-469]. */
export const weldingDetection = state({
  name: "WeldingDetection",
  next: ["WeldingDetection", "Terminated"],
  on: { WeldingDetectionReq: detectWelding, SessionStopReq: stop },
});
