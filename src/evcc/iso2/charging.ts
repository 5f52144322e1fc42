import type { Outcome, Step } from "../../fsm/state.ts";
import type { AC_EVSEStatus } from "../../iso15118/iso2/index.ts";
import { decided, publish } from "../effects.ts";
import { type ChargeProgress, type Iso2, type Iso2Session, powerOff, type Request } from "./protocol.ts";

export const chargingStatusReq: Request = { name: "ChargingStatusReq", message: {} };

/** What the EVSE's status, or the car's own wish, does to charging; undefined: it goes on. */
export function afterStatus(status: AC_EVSEStatus, session: Iso2Session): Step<Iso2, "PowerDelivery"> | undefined {
  if (session.ending) return stopPower(session);
  if (status.RCD) return stopBecause("the EVSE's residual current device has found a fault", session);
  switch (status.EVSENotification) {
    case "StopCharging":
      return stopBecause("the EVSE asks the car to stop", session);
    case "ReNegotiation":
      return powerDelivery("Renegotiate", session);
    case "None":
      return undefined;
  }
}

/** Asks for the status again after a while, or at once for the end when the car wants to stop. */
export function chargeOn({ car }: Iso2Session): Outcome<Iso2, "ChargingStatus" | "PowerDelivery"> {
  return {
    ms: car.pace.loop,
    until: ({ ending }) => ending !== undefined,
    decide: (session) => (session.ending ? stopPower(session) : { next: "ChargingStatus", reply: chargingStatusReq }),
  };
}

function stopBecause(endingReason: string, session: Iso2Session): Step<Iso2, "PowerDelivery"> {
  const { effects = [], ...step } = stopPower(session);
  return {
    ...step,
    session: { ...step.session, ending: "Terminate", endingReason },
    effects: [decided({ step: 6, title: `stops charging: ${endingReason}` }), publish("stop_from_charger"), ...effects],
  };
}

function stopPower(session: Iso2Session): Step<Iso2, "PowerDelivery"> {
  return { ...powerDelivery("Stop", session), effects: [powerOff] };
}

function powerDelivery(progress: ChargeProgress, { schedule }: Iso2Session): Step<Iso2, "PowerDelivery"> {
  const message = { ChargeProgress: progress, SAScheduleTupleID: schedule?.SAScheduleTupleID ?? 1 };
  return { next: "PowerDelivery", session: { progress }, reply: { name: "PowerDeliveryReq", message } };
}
