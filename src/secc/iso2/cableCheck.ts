/** ISO 15118-2, 8.4.5.2 and 8.4.5.3: the insulation is checked, then the output is brought to the EV's voltage. */
import { dcPreparation } from "../dc/preparation.ts";
import { presentVoltage } from "../dc/steps.ts";
import { beforeDemand } from "./powerDelivery.ts";
import { type Iso2, state } from "./protocol.ts";
import { refuse } from "./refusals.ts";
import { dcStatus } from "./status.ts";
import { stop } from "./stop.ts";

const { check, raiseVoltage } = dcPreparation<Iso2>({
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

export const cableCheck = state({
  name: "CableCheck",
  next: ["CableCheck", "PreCharge", "Terminated"],
  on: { CableCheckReq: check, SessionStopReq: stop },
});

/** The first request tells the voltage. */
export const preCharge = state({
  name: "PreCharge",
  next: ["PreCharging", "Terminated"],
  on: { PreChargeReq: raiseVoltage(true), SessionStopReq: stop },
});

/** Further ones ask how far it is; when it is reached, the EV closes its contactor and asks for power. */
export const preCharging = state({
  name: "PreCharging",
  next: ["PreCharging", "CurrentDemandStarted", "WeldingDetection", "Terminated"],
  on: {
    PreChargeReq: raiseVoltage(false),
    PowerDeliveryReq: beforeDemand,
    SessionStopReq: stop,
  },
});
