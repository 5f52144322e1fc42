/** ISO 15118-2, 8.4.3.8: what the EV can take and the EVSE can give, and the schedule that follows. */
import type { Outcome, Step } from "../../fsm/state.ts";
import { sessionTimes } from "../../iso15118/timers.ts";
import { isoTime } from "../../util/clock.ts";
import { chargingNeeds, report } from "../dc/evReport.ts";
import { isCompatible } from "../dc/supply.ts";
import { decided, type Effect, extend, publish } from "../effects.ts";
import { acNeeds, acTold } from "./acNeeds.ts";
import { atTime, type Iso2, type Iso2Session, type Request, state } from "./protocol.ts";
import { type Failure, refuse } from "./refusals.ts";
import { hardwarePower, schedulesFor, tariffsOf } from "./schedules.ts";
import { energyTransferModes } from "./serviceList.ts";
import { acChargeParameter, dcChargeParameter, dcStatus } from "./status.ts";
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

/** What is wrong with the EV's parameters [V2G2-476], [V2G2-477]. */
function fault({ body }: ChargeParameterDiscoveryReq, { evse, energyTransferMode }: Iso2Session): Failure | undefined {
  const { AC_EVChargeParameter: ac, DC_EVChargeParameter: dc, RequestedEnergyTransferMode: requested } = body;
  const mode = energyTransferModes(evse).find((offered) => offered === requested);
  if (!mode) return "FAILED_WrongEnergyTransferMode";
  // Who agrees on something else in the midst of charging goes on with the same current.
  const other = energyTransferMode !== undefined && energyTransferMode.startsWith("DC") !== isDcMode(mode);
  if (other) return "FAILED_WrongEnergyTransferMode";
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
    ms: isOverdue(session) ? 0 : HOLD_MS,
    until: ({ evse }) => hardwarePower(mode, evse) !== undefined,
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

function answer(request: ChargeParameterDiscoveryReq, session: Iso2Session): Step<Iso2, Next> {
  const { RequestedEnergyTransferMode: mode } = request.body;
  // The supply may have told its limits only meanwhile.
  const failure = fault(request, session);
  if (failure) return refuse("ChargeParameterDiscoveryReq", failure, session);
  const hardware = hardwarePower(mode, session.evse);
  if (!hardware) return notYet(session, mode);
  const { now, evse } = session;
  const maxEntries = request.body.MaxEntriesSAScheduleTuple;
  const schedule = schedulesFor(session, { now, duration: durationFor(request, session), maxEntries, ...hardware });
  const message = {
    ResponseCode: "OK",
    EVSEProcessing: "Finished",
    SAScheduleList: { SAScheduleTuple: [...schedule] },
    ...evseParameter(session, mode, true),
  } as const;
  const next = isDcMode(mode) && !skipsCableCheck(session) ? "CableCheck" : "PowerDelivery";
  return {
    reply: { name: "ChargeParameterDiscoveryRes", message, signs: tariffsOf(schedule) },
    session: { schedule, scheduledAt: now, scheduleWishes: evse.scheduleWishes, ongoingSince: undefined },
    next,
  };
}

/** The EV may be put off for so long, the answer that is held back included (V2G_SECC_Ongoing_Performance_Time, Table 110). */
function isOverdue({ now, ongoingSince = now }: Iso2Session): boolean {
  return now - ongoingSince >= sessionTimes.ongoing.performance - HOLD_MS;
}

function notYet(session: Iso2Session, mode: Mode): Step<Iso2, "Terminated"> {
  const { now, ongoingSince = now } = session;
  if (isOverdue(session)) {
    const title = "the EVSE did not say in time what it can give";
    const fix = "See why no limits come from the power supply, the board or the energy manager.";
    const event = decided({ step: 6, title, outcome: "refused", rule: "V2G_SECC_Ongoing_Performance_Time", fix });
    return { ...refuse("ChargeParameterDiscoveryReq", "FAILED", session), effects: [event] };
  }
  const message = { ResponseCode: "OK", EVSEProcessing: "Ongoing", ...evseParameter(session, mode, false) } as const;
  return { reply: { name: "ChargeParameterDiscoveryRes", message }, session: { ongoingSince } };
}

function evseParameter(session: Iso2Session, mode: Mode, finished: boolean) {
  if (!isDcMode(mode)) return acChargeParameter(session);
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

export const chargeParameterDiscovery = state({
  name: "ChargeParameterDiscovery",
  next: ["ChargeParameterDiscovery", "PowerDelivery", "CableCheck", "Terminated"],
  on: { ChargeParameterDiscoveryReq: atTime(decide), SessionStopReq: stop },
});
