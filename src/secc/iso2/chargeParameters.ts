/** ISO 15118-2, 8.4.3.8: what the EV can take and the EVSE can give, and the schedule that follows. */
import type { Outcome, Step } from "../../fsm/state.ts";
import type { SAScheduleTuple } from "../../iso15118/iso2/index.ts";
import { physicalValue } from "../../iso15118/physicalValue.ts";
import { isoTime } from "../../util/clock.ts";
import { chargingNeeds, report } from "../dc/evReport.ts";
import { isCompatible } from "../dc/supply.ts";
import { type Effect, extend, publish } from "../effects.ts";
import type { Evse } from "../evse.ts";
import { acNeeds, acTold } from "./acNeeds.ts";
import { atTime, type Iso2, type Iso2Session, type Request, state } from "./protocol.ts";
import { type Failure, refuse } from "./refusals.ts";
import { energyTransferModes } from "./serviceList.ts";
import { acChargeParameter, acCurrent, dcChargeParameter, dcStatus } from "./status.ts";
import { stop } from "./stop.ts";

type ChargeParameterDiscoveryReq = Request<"ChargeParameterDiscoveryReq">;
type Mode = ChargeParameterDiscoveryReq["body"]["RequestedEnergyTransferMode"];
type Next = "PowerDelivery" | "CableCheck" | "Terminated";

/** How long an answer is held back until the limits are known, before it says Ongoing. */
const HOLD_MS = 1000;
const ONE_DAY = 86_400;
/** Seconds of a schedule without energy, after which the EV may come back. */
const PAUSE = 1800;
/** Seconds that an EV which is to pause after the precharge has for all until then. */
const PAUSE_DELAY = 300;
const ONLY_TUPLE = 1;

/** What is wrong with the EV's parameters [V2G2-476], [V2G2-477]. */
function fault({ body }: ChargeParameterDiscoveryReq, { evse }: Iso2Session): Failure | undefined {
  const { AC_EVChargeParameter: ac, DC_EVChargeParameter: dc, RequestedEnergyTransferMode: requested } = body;
  const mode = energyTransferModes(evse).find((offered) => offered === requested);
  if (!mode) return "FAILED_WrongEnergyTransferMode";
  if (isDcMode(mode)) return dc && isCompatible(dc, evse.dc) ? undefined : "FAILED_WrongChargeParameter";
  if (!ac) return "FAILED_WrongChargeParameter";
  const { energy, maxVoltage, maxCurrent, minCurrent } = acNeeds(ac);
  const sane = energy >= 0 && maxVoltage > 0 && minCurrent >= 0 && maxCurrent >= minCurrent;
  return sane ? undefined : "FAILED_WrongChargeParameter";
}

function isDcMode(mode: Mode): boolean {
  return mode.startsWith("DC");
}

function decide(request: ChargeParameterDiscoveryReq, session: Iso2Session, now: number): Outcome<Iso2, Next> {
  const failure = fault(request, session);
  if (failure) return refuse("ChargeParameterDiscoveryReq", failure, session);
  const { RequestedEnergyTransferMode: mode } = request.body;
  const { dc, effects } = told(request, session, now);
  return {
    session: { energyTransferMode: mode, dc },
    effects,
    ms: HOLD_MS,
    until: ({ evse }) => mostPower(mode, evse) !== undefined,
    decide: (current) => answer(request, current),
  };
}

/** What the EVSE's manager and the CSMS hear of the EV. */
function told({ body }: ChargeParameterDiscoveryReq, session: Iso2Session, now: number) {
  const { AC_EVChargeParameter: ac, DC_EVChargeParameter: dc, RequestedEnergyTransferMode: mode } = body;
  const departure = departureOf(body);
  const departure_time = departure === undefined ? {} : { departure_time: isoTime(now + departure * 1000) };
  const of = dc ? report(session.dc, dc, now) : { dc: session.dc, effects: ac ? acTold(acNeeds(ac)) : [] };
  const needs = {
    ...(ac ? { ac_charging_parameters: acNeedsOf(ac) } : {}),
    ...(dc ? { dc_charging_parameters: chargingNeeds(dc) } : {}),
  };
  const effects: Effect[] = [
    publish("requested_energy_transfer_mode", mode),
    ...(departure_time.departure_time ? [publish("departure_time", departure_time.departure_time)] : []),
    ...of.effects,
    extend("charging_needs", { requested_energy_transfer: mode, ...needs, ...departure_time }),
  ];
  return { dc: of.dc, effects };
}

function acNeedsOf(ac: Parameters<typeof acNeeds>[0]) {
  const { energy, minCurrent, maxCurrent, maxVoltage } = acNeeds(ac);
  return {
    energy_amount: energy,
    ev_min_current: minCurrent,
    ev_max_current: maxCurrent,
    ev_max_voltage: maxVoltage,
  };
}

/** Seconds from now; undefined when the EV stays as long as it takes. */
function departureOf({ AC_EVChargeParameter: ac, DC_EVChargeParameter: dc }: ChargeParameterDiscoveryReq["body"]) {
  return (ac ?? dc)?.DepartureTime || undefined;
}

/** Watt that the EVSE can promise; undefined until it has said so. */
function mostPower(mode: Mode, evse: Evse): number | undefined {
  if (isDcMode(mode)) return evse.dc.capabilities?.maxPower;
  const current = acCurrent(evse);
  return current === undefined ? undefined : evse.nominalVoltage * current * (mode === "AC_three_phase_core" ? 3 : 1);
}

function answer(request: ChargeParameterDiscoveryReq, session: Iso2Session): Step<Iso2, Next> {
  const { RequestedEnergyTransferMode: mode } = request.body;
  // The supply may have told its limits only meanwhile.
  const failure = fault(request, session);
  if (failure) return refuse("ChargeParameterDiscoveryReq", failure, session);
  const power = mostPower(mode, session.evse);
  if (power === undefined) {
    const message = { ResponseCode: "OK", EVSEProcessing: "Ongoing", ...evseParameter(session, mode, false) } as const;
    return { reply: { name: "ChargeParameterDiscoveryRes", message } };
  }
  // A session that was paused goes on with the schedule that was agreed.
  const resumed = session.joined && session.paused ? session.paused.schedule : undefined;
  const schedule = resumed ?? [oneSchedule(power, durationFor(request, session))];
  const message = {
    ResponseCode: "OK",
    EVSEProcessing: "Finished",
    SAScheduleList: { SAScheduleTuple: [...schedule] },
    ...evseParameter(session, mode, true),
  } as const;
  const next = isDcMode(mode) && !skipsCableCheck(session) ? "CableCheck" : "PowerDelivery";
  return { reply: { name: "ChargeParameterDiscoveryRes", message }, session: { schedule }, next };
}

function evseParameter(session: Iso2Session, mode: Mode, finished: boolean) {
  if (!isDcMode(mode)) return acChargeParameter(session.evse);
  const status = dcStatus(session, "parameters");
  return dcChargeParameter(session, finished ? { ...status, ...pauseNotice(session) } : status);
}

/** An EV for which there is no energy is asked to stop (IEC 61851-23, CC.3.5.2), at once or after the precharge. */
function pauseNotice({ evse: { dc } }: Iso2Session) {
  if (dc.noEnergyPause === undefined) return {};
  const NotificationMaxDelay = dc.noEnergyPause === "PauseBeforeCableCheck" ? 0 : PAUSE_DELAY;
  return { EVSENotification: "StopCharging", NotificationMaxDelay } as const;
}

function skipsCableCheck({ evse: { dc } }: Iso2Session): boolean {
  return dc.noEnergyPause === "PauseBeforeCableCheck";
}

/** Until the EV leaves, at most a day. */
function durationFor({ body }: ChargeParameterDiscoveryReq, { evse: { dc } }: Iso2Session): number {
  if (dc.noEnergyPause !== undefined) return PAUSE;
  return Math.min(departureOf(body) ?? ONE_DAY, ONE_DAY);
}

/** One schedule: all that the EVSE can give. */
function oneSchedule(power: number, duration: number): SAScheduleTuple {
  const entry = { RelativeTimeInterval: { start: 0, duration }, PMax: physicalValue(power, "W") };
  return { SAScheduleTupleID: ONLY_TUPLE, PMaxSchedule: { PMaxScheduleEntry: [entry] } };
}

export const chargeParameterDiscovery = state({
  name: "ChargeParameterDiscovery",
  next: ["ChargeParameterDiscovery", "PowerDelivery", "CableCheck", "Terminated"],
  on: { ChargeParameterDiscoveryReq: atTime(decide), SessionStopReq: stop },
});
