import type { Outcome } from "../../fsm/state.ts";
import type { Messages } from "../../iso15118/iso2/index.ts";
import { currentDemandFound, type Found, weldingVerdict } from "../dc/answers.ts";
import { weldingDetectionReq } from "../dc/requests.ts";
import { decided } from "../effects.ts";
import { afterStatus, chargeOn, enough, stopBecause } from "./charging.ts";
import { meteringReceiptReq } from "./meteringReceipt.ts";
import { dcNeeds, type Iso2, type Iso2Session, state, stopSession } from "./protocol.ts";

/** ISO 15118-2, 8.4.5.4: the loop of DC charging. */
export const currentDemand = state({
  name: "CurrentDemand",
  next: ["CurrentDemand", "ChargingStatus", "MeteringReceipt", "PowerDelivery"],
  on: {
    CurrentDemandRes({ body, at }, session) {
      const found = currentDemandFound(body, dcNeeds(session), session.dc, at);
      const next = decide(body, { ...session, dc: found.dc }, found);
      return { ...next, session: { dc: found.dc, ...next.session } };
    },
  },
});

function decide(
  { ReceiptRequired, MeterInfo, DC_EVSEStatus }: Messages["CurrentDemandRes"],
  session: Iso2Session,
  { stop, full }: Found,
): Outcome<Iso2, "CurrentDemand" | "ChargingStatus" | "MeteringReceipt" | "PowerDelivery"> {
  if (stop) return stopBecause(stop.reason, session, stop.error);
  if (ReceiptRequired && MeterInfo && session.payment === "Contract") {
    return { next: "MeteringReceipt", reply: meteringReceiptReq(MeterInfo, session) };
  }
  if (!session.ending && full) return enough("the battery is full", session);
  return afterStatus(DC_EVSEStatus, session) ?? chargeOn(session);
}

/** ISO 15118-2, 8.4.5.5: with its contactor open, the car looks whether the voltage goes. */
export const weldingDetection = state({
  name: "WeldingDetection",
  next: ["WeldingDetection", "SessionStop"],
  on: {
    WeldingDetectionRes({ body }, session) {
      const { dc, verdict } = weldingVerdict(body, session.dc);
      if (verdict.so === "go") {
        const { effects = [], ...step } = stopSession({ ...session, dc });
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
