/** DIN SPEC 70121, 9.4.1.7: power on and off. The EVSE's contactor is closed since the cable check. */
import type { Outcome, Step } from "../../fsm/state.ts";
import { HOLD_MS } from "../authorization.ts";
import { heard, voltageTooLow } from "../dc/steps.ts";
import { statusCode } from "../dc/supply.ts";
import { decided, publish } from "../effects.ts";
import { powerOff } from "./power.ts";
import type { Din, DinSession, Request } from "./protocol.ts";
import { type Failure, refuse } from "./refusals.ts";
import { exceedsSchedule, ONLY_TUPLE } from "./schedule.ts";
import { dcStatus } from "./status.ts";

type PowerDeliveryReq = Request<"PowerDeliveryReq">;

/** What forbids to give current [V2G-DC-399] to [V2G-DC-401]. */
function startFault({ body: { ChargingProfile } }: PowerDeliveryReq, session: DinSession): Failure | undefined {
  const { evse, dc, authorization } = session;
  if (ChargingProfile && ChargingProfile.SAScheduleTupleID !== ONLY_TUPLE) return "FAILED_TariffSelectionInvalid";
  if (ChargingProfile && exceedsSchedule(ChargingProfile, session)) return "FAILED_ChargingProfileInvalid";
  const ready = dc.cableCheck === "passed" && statusCode(evse, dc, "power") === "EVSE_Ready" && !evse.rcd;
  return ready && authorization.status === "accepted" ? undefined : "FAILED_PowerDeliveryNotApplied";
}

function done(session: DinSession): Step<Din, never> {
  const message = { ResponseCode: "OK", DC_EVSEStatus: dcStatus(session, "power") } as const;
  return { reply: { name: "PowerDeliveryRes", message } };
}

/** Power off before the answer; the EV may then look for welded contactors [V2G-DC-459]. */
function switchOff({ body }: PowerDeliveryReq, session: DinSession): Step<Din, "WeldingDetection"> {
  const told = heard(body.DC_EVPowerDeliveryParameter ?? {}, session);
  const off = powerOff({ ...session, ...told.session });
  return {
    ...done({ ...session, ...off.session }),
    session: off.session,
    effects: [...told.effects, ...off.effects],
    next: "WeldingDetection",
  };
}

/** After the precharge: current [V2G-DC-462], or an end without having charged. */
export function beforeDemand(
  request: PowerDeliveryReq,
  session: DinSession,
): Outcome<Din, "CurrentDemandStarted" | "WeldingDetection" | "Terminated"> {
  if (!request.body.ReadyToChargeState) return switchOff(request, session);
  const settled = (current: DinSession) => !voltageTooLow(current) || startFault(request, current) !== undefined;
  if (settled(session)) return switchOn(request, session);
  return { ms: HOLD_MS, until: settled, decide: (current) => switchOn(request, current) };
}

/** The EV has its contactor closed: at an output without voltage, its battery would feed the EVSE. */
function switchOn(request: PowerDeliveryReq, session: DinSession): Step<Din, "CurrentDemandStarted" | "Terminated"> {
  const fault = startFault(request, session);
  if (fault) return refuse("PowerDeliveryReq", fault, session);
  if (voltageTooLow(session)) return tooLow(session);
  const told = heard(request.body.DC_EVPowerDeliveryParameter ?? {}, session);
  return {
    ...done(session),
    session: told.session,
    effects: [...told.effects, publish("v2g_setup_finished")],
    next: "CurrentDemandStarted",
  };
}

function tooLow(session: DinSession): Step<Din, "Terminated"> {
  const rule = "FAILED_EVSEPresentVoltageToLow";
  const [present, wanted] = [session.evse.dc.present.voltage, session.dc.preChargeVoltage];
  const event = decided({
    ...{ step: 6, title: `the output has ${present} V, the EV wanted ${wanted} V`, outcome: "refused", rule },
    fix: "Let the EV wait in the precharge for its voltage, and see whether the power supply can give it.",
  });
  return { ...refuse("PowerDeliveryReq", rule, session), effects: [event] };
}

/** While charging there is nothing but an end. */
export function whileDemanding(
  request: PowerDeliveryReq,
  session: DinSession,
): Step<Din, "WeldingDetection" | "Terminated"> {
  return request.body.ReadyToChargeState ? refuse("PowerDeliveryReq", "FAILED", session) : switchOff(request, session);
}
