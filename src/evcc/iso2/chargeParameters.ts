import type { AC_EVSEChargeParameter, Messages } from "../../iso15118/iso2/index.ts";
import { physicalValue, plainValue } from "../../iso15118/physicalValue.ts";
import type { Car } from "../car.ts";
import { maxCurrent, publish } from "../effects.ts";
import { chargingProfile } from "./chargingProfile.ts";
import { askAgain, end, type Iso2Session, patience, type Request, state } from "./protocol.ts";

/** ISO 15118-2, 8.4.3.8: what the car can take and wants. */
export function chargeParameterDiscoveryReq({ car }: Iso2Session): Request {
  const { mode, limits, departureTime, energyAmount } = car;
  const AC_EVChargeParameter = {
    ...(departureTime !== undefined && { DepartureTime: departureTime }),
    EAmount: physicalValue(energyAmount, "Wh"),
    EVMaxVoltage: physicalValue(limits.voltage, "V"),
    EVMaxCurrent: physicalValue(limits.maxCurrent, "A"),
    EVMinCurrent: physicalValue(limits.minCurrent, "A"),
  };
  return {
    name: "ChargeParameterDiscoveryReq",
    message: { RequestedEnergyTransferMode: mode, AC_EVChargeParameter },
  };
}

/** ISO 15118-2, 8.4.3.8: limits and schedules are agreed; then the car asks for power. */
export const chargeParameterDiscovery = state({
  name: "ChargeParameterDiscovery",
  next: ["ChargeParameterDiscovery", "PowerDelivery", "SessionStop", "Terminated"],
  on: {
    ChargeParameterDiscoveryRes({ body }, session) {
      const effect = patience("ChargeParameterDiscoveryReq", body.EVSEProcessing);
      if (body.EVSEProcessing !== "Finished") return askAgain(chargeParameterDiscoveryReq(session), session, effect);
      const { AC_EVSEChargeParameter: limits, SAScheduleList } = body;
      if (!limits) return end({ ended: "protocol error", reason: "the EVSE answers AC charging with DC limits" });
      const schedule = chooseSchedule(SAScheduleList?.SAScheduleTuple ?? [], session);
      if (!schedule) return end({ ended: "protocol error", reason: "the EVSE is finished, but offers no schedule" });
      return {
        next: "PowerDelivery",
        session: { schedule, progress: "Start" },
        reply: powerDeliveryStart(session.car, schedule, limits),
        effects: [effect, maxCurrent(limits.EVSEMaxCurrent), publish("ev_power_ready", true)],
      };
    },
  },
});

type Schedule = NonNullable<Iso2Session["schedule"]>;

/** A session that goes on keeps to its schedule [V2G2-741]. */
function chooseSchedule(offered: readonly Schedule[], { joined }: Iso2Session): Schedule | undefined {
  return offered.find(({ SAScheduleTupleID }) => SAScheduleTupleID === joined?.SAScheduleTupleID) ?? offered[0];
}

function powerDeliveryStart(car: Car, schedule: Schedule, { EVSENominalVoltage }: AC_EVSEChargeParameter): Request {
  const phases = car.mode === "AC_three_phase_core" ? 3 : 1;
  const maxPower = plainValue(EVSENominalVoltage) * car.limits.maxCurrent * phases;
  const message: Messages["PowerDeliveryReq"] = {
    ChargeProgress: "Start",
    SAScheduleTupleID: schedule.SAScheduleTupleID,
    ChargingProfile: chargingProfile(schedule, maxPower),
  };
  return { name: "PowerDeliveryReq", message };
}
