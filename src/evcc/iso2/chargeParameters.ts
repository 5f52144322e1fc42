import type { Step } from "../../fsm/state.ts";
import type { AC_EVSEChargeParameter, Messages } from "../../iso15118/iso2/index.ts";
import { physicalValue, plainValue } from "../../iso15118/physicalValue.ts";
import type { Car } from "../car.ts";
import { incompatibility, learnLimits } from "../dc/charging.ts";
import { dcChargeParameter } from "../dc/requests.ts";
import { maxCurrent, publish, satisfied } from "../effects.ts";
import { beginCableCheck } from "./cableCheck.ts";
import { NO_ENERGY, pauseFor } from "./charging.ts";
import { powerDeliveryStart } from "./powerDeliveryReq.ts";
import {
  askAgain,
  dcNeeds,
  end,
  type Iso2,
  type Iso2Session,
  isDc,
  patience,
  type Request,
  state,
  wrongKind,
} from "./protocol.ts";
import { chooseSchedule, type ScheduleNeeds } from "./schedules.ts";

type ChargeParameterDiscoveryRes = Messages["ChargeParameterDiscoveryRes"];
type Next = "PowerDelivery" | "CableCheck" | "SessionStop" | "Terminated";
type DcLimits = NonNullable<ChargeParameterDiscoveryRes["DC_EVSEChargeParameter"]>;

/** ISO 15118-2, 8.4.3.8: what the car can take and wants. */
export function chargeParameterDiscoveryReq(session: Iso2Session): Request {
  const { car } = session;
  const parameter = isDc(session)
    ? { DC_EVChargeParameter: { ...departure(car), ...dcChargeParameter(session.dc, dcNeeds(session)) } }
    : { AC_EVChargeParameter: acChargeParameter(car) };
  return { name: "ChargeParameterDiscoveryReq", message: { RequestedEnergyTransferMode: car.mode, ...parameter } };
}

function departure({ departureTime }: Car) {
  return departureTime === undefined ? {} : { DepartureTime: departureTime };
}

function acChargeParameter(car: Car) {
  const { limits, energyAmount } = car;
  return {
    ...departure(car),
    EAmount: physicalValue(energyAmount, "Wh"),
    EVMaxVoltage: physicalValue(limits.voltage, "V"),
    EVMaxCurrent: physicalValue(limits.maxCurrent, "A"),
    EVMinCurrent: physicalValue(limits.minCurrent, "A"),
  };
}

/** ISO 15118-2, 8.4.3.8: limits and schedules are agreed; then the car asks for power, or in DC for the cable check. */
export const chargeParameterDiscovery = state({
  name: "ChargeParameterDiscovery",
  next: ["ChargeParameterDiscovery", "PowerDelivery", "CableCheck", "SessionStop", "Terminated"],
  on: {
    ChargeParameterDiscoveryRes({ header, body }, session) {
      const effect = patience("ChargeParameterDiscoveryReq", body.EVSEProcessing);
      if (body.EVSEProcessing !== "Finished") return askAgain(chargeParameterDiscoveryReq(session), session, effect);
      const { AC_EVSEChargeParameter: ac, DC_EVSEChargeParameter: dc, SAScheduleList } = body;
      const needs = scheduleNeeds(body, session);
      if (!needs) return wrongKind(session);
      const { schedule, effects } = chooseSchedule(SAScheduleList?.SAScheduleTuple ?? [], header, session, needs);
      if (!schedule) {
        return { ...end({ ended: "protocol error", reason: "the EVSE is finished, but offers no schedule" }), effects };
      }
      const agreed = { ...session, schedule, maxPower: needs.maxPower, progress: "Start" } as const;
      const step = dc && isDc(session) ? dcAgreed(dc, agreed) : ac ? acAgreed(ac, agreed) : wrongKind(session);
      return { ...step, effects: [...effects, ...(step.effects ?? [])] };
    },
  },
});

/** Undefined when the EVSE answers one kind of charging with the limits of the other. */
function scheduleNeeds(
  { AC_EVSEChargeParameter: ac, DC_EVSEChargeParameter: dc }: ChargeParameterDiscoveryRes,
  session: Iso2Session,
): ScheduleNeeds | undefined {
  if (isDc(session)) {
    const { maxPower, capacity, fullSoc } = dcNeeds(session);
    return dc && { maxPower, energy: (capacity * Math.max(0, fullSoc - session.dc.soc)) / 100 };
  }
  const { car } = session;
  const phases = car.mode === "AC_three_phase_core" ? 3 : 1;
  const volt = ac && plainValue(ac.EVSENominalVoltage);
  return volt === undefined ? undefined : { maxPower: volt * car.limits.maxCurrent * phases, energy: car.energyAmount };
}

function acAgreed({ EVSEMaxCurrent }: AC_EVSEChargeParameter, session: Iso2Session): Step<Iso2, Next> {
  const { schedule, progress, maxPower } = session;
  return {
    next: "PowerDelivery",
    session: { schedule, progress, maxPower },
    reply: powerDeliveryStart(session),
    effects: [satisfied, maxCurrent(EVSEMaxCurrent), publish("ev_power_ready", true)],
  };
}

/** A charger that asks the car to stop already here has no energy for it (IEC 61851-23, CC.3.5.2). */
function dcAgreed(dc: DcLimits, session: Iso2Session): Step<Iso2, Next> {
  const needs = dcNeeds(session);
  const limits = needs.lenient ? undefined : learnLimits(undefined, dc);
  const misfit = limits && incompatibility(needs, limits);
  if (misfit !== undefined)
    return end({ ended: "nothing suitable offered", reason: `the charger does not fit: ${misfit}` });
  const { EVSENotification, NotificationMaxDelay } = dc.DC_EVSEStatus;
  const pauseWanted = EVSENotification === "StopCharging";
  const { schedule, progress, maxPower } = session;
  const change = { schedule, progress, maxPower, dc: { ...session.dc, limits, pauseWanted } };
  if (pauseWanted && NotificationMaxDelay === 0) {
    const paused = pauseFor(NO_ENERGY, { ...session, ...change });
    return { ...paused, session: { ...change, ...paused.session } };
  }
  return { ...beginCableCheck({ ...session, ...change }), session: change };
}
