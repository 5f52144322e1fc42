import type { Outcome } from "../../fsm/state.ts";
import type { Messages } from "../../iso15118/iso2/index.ts";
import { plainValue } from "../../iso15118/physicalValue.ts";
import type { Point } from "../dc/battery.ts";
import { danger, isComplete, learnLimits, measured, weldingChecked } from "../dc/charging.ts";
import { decided } from "../effects.ts";
import { afterStatus, chargeOn, enough, stopBecause } from "./charging.ts";
import { weldingDetectionReq } from "./dcRequests.ts";
import { meteringReceiptReq } from "./meteringReceipt.ts";
import { dcNeeds, type Iso2, type Iso2Session, state, stopSession } from "./protocol.ts";

/** ISO 15118-2, 8.4.5.4: the loop of DC charging. */
export const currentDemand = state({
  name: "CurrentDemand",
  next: ["CurrentDemand", "ChargingStatus", "MeteringReceipt", "PowerDelivery"],
  on: {
    CurrentDemandRes({ body, at }, session) {
      const needs = dcNeeds(session);
      const point = { voltage: plainValue(body.EVSEPresentVoltage), current: plainValue(body.EVSEPresentCurrent) };
      const limits = needs.credulous ? session.dc.limits : learnLimits(session.dc.limits, body);
      const dc = { ...measured(needs, session.dc, point, at), limits };
      const next = decide(body, { ...session, dc }, point);
      return { ...next, session: { dc, ...next.session } };
    },
  },
});

function decide(
  body: Messages["CurrentDemandRes"],
  session: Iso2Session,
  point: Point,
): Outcome<Iso2, "CurrentDemand" | "ChargingStatus" | "MeteringReceipt" | "PowerDelivery"> {
  const needs = dcNeeds(session);
  const found = danger(needs, point);
  if (found && !needs.credulous) return stopBecause(found.reason, session, found.error);
  const { ReceiptRequired, MeterInfo, DC_EVSEStatus } = body;
  if (ReceiptRequired && MeterInfo && session.payment === "Contract") {
    return { next: "MeteringReceipt", reply: meteringReceiptReq(MeterInfo, session) };
  }
  if (!session.ending && isComplete(needs, session.dc)) return enough("the battery is full", session);
  return afterStatus(DC_EVSEStatus, session) ?? chargeOn(session);
}

/** ISO 15118-2, 8.4.5.5: with its contactor open, the car looks whether the voltage goes. */
export const weldingDetection = state({
  name: "WeldingDetection",
  next: ["WeldingDetection", "SessionStop"],
  on: {
    WeldingDetectionRes({ body: { EVSEPresentVoltage } }, session) {
      const voltage = plainValue(EVSEPresentVoltage);
      const dc = { ...session.dc, weldingChecks: session.dc.weldingChecks + 1 };
      if (weldingChecked(dc, voltage)) {
        const title = `the output has ${voltage} V after charging`;
        const { effects = [], ...step } = stopSession({ ...session, dc });
        return { ...step, effects: [decided({ step: 6, title }), ...effects] };
      }
      return {
        session: { dc },
        ms: session.car.pace.ongoing,
        until: () => false,
        decide: (then) => ({ reply: weldingDetectionReq(then) }),
      };
    },
  },
});
