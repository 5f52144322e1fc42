/** ISO 15118-2, 8.4.3.8: what the EV can take and the EVSE can give, and the schedule that follows. */
import { ask, type Outcome, type Step } from "../../fsm/state.ts";
import type { AC_EVChargeParameter, SAScheduleTuple } from "../../iso15118/iso2/index.ts";
import { physicalValue, plainValue } from "../../iso15118/physicalValue.ts";
import { isoTime } from "../../util/clock.ts";
import { type Effect, extend, publish } from "../effects.ts";
import type { Evse } from "../evse.ts";
import { type Iso2, type Iso2Ports, type Iso2Session, type Request, state } from "./protocol.ts";
import { type Failure, refuse } from "./refusals.ts";
import { energyTransferModes } from "./serviceList.ts";
import { acChargeParameter, acCurrent } from "./status.ts";
import { stop } from "./stop.ts";

type ChargeParameterDiscoveryReq = Request<"ChargeParameterDiscoveryReq">;
type Mode = ChargeParameterDiscoveryReq["body"]["RequestedEnergyTransferMode"];

/** How long an answer is held back until the limits are known, before it says Ongoing. */
const HOLD_MS = 1000;
const ONE_DAY = 86_400;
const ONLY_TUPLE = 1;

/** What the EV tells of itself, in SI units and within what the interface ISO15118_charger takes. */
interface AcNeeds {
  readonly mode: Mode;
  readonly energy: number;
  readonly maxVoltage: number;
  readonly maxCurrent: number;
  readonly minCurrent: number;
  /** Seconds from now; undefined when the EV stays as long as it takes. */
  readonly departure: number | undefined;
}

function acNeeds(mode: Mode, ev: AC_EVChargeParameter): AcNeeds {
  const within = (value: Parameters<typeof plainValue>[0], most: number) => Math.min(plainValue(value), most);
  return {
    mode,
    energy: within(ev.EAmount, 200_000),
    maxVoltage: within(ev.EVMaxVoltage, 1000),
    maxCurrent: within(ev.EVMaxCurrent, 400),
    minCurrent: within(ev.EVMinCurrent, 400),
    departure: ev.DepartureTime || undefined,
  };
}

/** What is wrong with the EV's parameters [V2G2-476], [V2G2-477]. */
function fault({ body }: ChargeParameterDiscoveryReq, { evse }: Iso2Session): Failure | undefined {
  const mode = energyTransferModes(evse).find((offered) => offered === body.RequestedEnergyTransferMode);
  if (!mode) return "FAILED_WrongEnergyTransferMode";
  if (!body.AC_EVChargeParameter) return "FAILED_WrongChargeParameter";
  const { energy, maxVoltage, maxCurrent, minCurrent } = acNeeds(mode, body.AC_EVChargeParameter);
  const sane = energy >= 0 && maxVoltage > 0 && minCurrent >= 0 && maxCurrent >= minCurrent;
  return sane ? undefined : "FAILED_WrongChargeParameter";
}

async function gather(_request: ChargeParameterDiscoveryReq, _session: Iso2Session, ports: Iso2Ports) {
  return ports.now();
}

function decide(
  request: ChargeParameterDiscoveryReq,
  session: Iso2Session,
  now: number,
): Outcome<Iso2, "PowerDelivery" | "Terminated"> {
  const { RequestedEnergyTransferMode: mode, AC_EVChargeParameter: ev } = request.body;
  const failure = fault(request, session);
  if (failure || !ev) return refuse("ChargeParameterDiscoveryReq", failure ?? "FAILED_WrongChargeParameter", session);
  const needs = acNeeds(mode, ev);
  return {
    session: { energyTransferMode: mode },
    effects: told(needs, now),
    ms: HOLD_MS,
    until: ({ evse }) => acCurrent(evse) !== undefined,
    decide: (current) => answer(needs, current),
  };
}

/** What the EVSE's manager and the CSMS hear of the EV. */
function told({ mode, energy, maxVoltage, maxCurrent, minCurrent, departure }: AcNeeds, now: number): Effect[] {
  const departure_time = departure === undefined ? {} : { departure_time: isoTime(now + departure * 1000) };
  const ac_charging_parameters = {
    energy_amount: energy,
    ev_min_current: minCurrent,
    ev_max_current: maxCurrent,
    ev_max_voltage: maxVoltage,
  };
  return [
    publish("requested_energy_transfer_mode", mode),
    ...(departure_time.departure_time ? [publish("departure_time", departure_time.departure_time)] : []),
    publish("ac_eamount", energy),
    publish("ac_ev_max_voltage", maxVoltage),
    publish("ac_ev_max_current", maxCurrent),
    publish("ac_ev_min_current", minCurrent),
    extend("charging_needs", { requested_energy_transfer: mode, ac_charging_parameters, ...departure_time }),
  ];
}

function answer(needs: AcNeeds, session: Iso2Session): Step<Iso2, "PowerDelivery"> {
  const { evse } = session;
  const parameter = acChargeParameter(evse);
  const current = acCurrent(evse);
  if (current === undefined) {
    const message = { ResponseCode: "OK", EVSEProcessing: "Ongoing", ...parameter } as const;
    return { reply: { name: "ChargeParameterDiscoveryRes", message } };
  }
  // A session that was paused goes on with the schedule that was agreed.
  const schedule = session.joined && session.paused ? session.paused.schedule : [acSchedule(needs, evse, current)];
  const message = {
    ResponseCode: "OK",
    EVSEProcessing: "Finished",
    SAScheduleList: { SAScheduleTuple: [...schedule] },
    ...parameter,
  } as const;
  return { reply: { name: "ChargeParameterDiscoveryRes", message }, session: { schedule }, next: "PowerDelivery" };
}

/** One schedule: all that the EVSE can give, until the EV leaves, at most for a day. */
function acSchedule({ mode, departure }: AcNeeds, { nominalVoltage }: Evse, current: number): SAScheduleTuple {
  const phases = mode === "AC_three_phase_core" ? 3 : 1;
  const duration = Math.min(departure ?? ONE_DAY, ONE_DAY);
  const PMax = physicalValue(nominalVoltage * current * phases, "W");
  return {
    SAScheduleTupleID: ONLY_TUPLE,
    PMaxSchedule: { PMaxScheduleEntry: [{ RelativeTimeInterval: { start: 0, duration }, PMax }] },
  };
}

export const chargeParameterDiscovery = state({
  name: "ChargeParameterDiscovery",
  next: ["ChargeParameterDiscovery", "PowerDelivery", "Terminated"],
  on: { ChargeParameterDiscoveryReq: ask(gather, decide), SessionStopReq: stop },
});
