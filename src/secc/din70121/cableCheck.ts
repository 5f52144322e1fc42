/** DIN SPEC 70121, 9.4.2.2 and 9.4.2.3: the insulation is checked, then the output is brought to the EV's voltage. */
import { dcPreparation } from "../dc/preparation.ts";
import { presentVoltage } from "../dc/steps.ts";
import { beforeDemand } from "./powerDelivery.ts";
import { type Din, state } from "./protocol.ts";
import { refuse } from "./refusals.ts";
import { dcStatus } from "./status.ts";
import { stop } from "./stop.ts";

const { check, raiseVoltage } = dcPreparation<Din>({
  refuse,
  cableCheckRes(EVSEProcessing, session) {
    const message = { ResponseCode: "OK", DC_EVSEStatus: dcStatus(session, "cableCheck"), EVSEProcessing } as const;
    return { name: "CableCheckRes", message };
  },
  preChargeRes(session) {
    const DC_EVSEStatus = dcStatus(session, "power");
    const EVSEPresentVoltage = presentVoltage(session);
    return { name: "PreChargeRes", message: { ResponseCode: "OK", DC_EVSEStatus, EVSEPresentVoltage } };
  },
});

/** [V2G-DC-455], [V2G-DC-499] */
export const cableCheck = state({
  name: "CableCheck",
  next: ["CableCheck", "PreCharge", "Terminated"],
  on: { CableCheckReq: check, SessionStopReq: stop },
});

/** [V2G-DC-458] */
export const preCharge = state({
  name: "PreCharge",
  next: ["PreCharging", "Terminated"],
  on: { PreChargeReq: raiseVoltage(true), SessionStopReq: stop },
});

/** When the voltage is reached, the EV closes its contactor and asks for power. */
export const preCharging = state({
  name: "PreCharging",
  next: ["PreCharging", "CurrentDemandStarted", "WeldingDetection", "Terminated"],
  on: {
    PreChargeReq: raiseVoltage(false),
    PowerDeliveryReq: beforeDemand,
    SessionStopReq: stop,
  },
});
