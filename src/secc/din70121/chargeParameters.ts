/** DIN SPEC 70121, 9.4.1.6: what the EV can take and the EVSE can give. */
import type { Outcome, Step } from "../../fsm/state.ts";
import { chargingNeeds, report } from "../dc/evReport.ts";
import { isCompatible } from "../dc/supply.ts";
import { extend, publish } from "../effects.ts";
import { type DinMode, energyTransferModes } from "./modes.ts";
import { type Din, type DinSession, type Request, state } from "./protocol.ts";
import { type Failure, refuse } from "./refusals.ts";
import { schedule } from "./schedule.ts";
import { chargeParameter, dcStatus } from "./status.ts";
import { stop } from "./stop.ts";

type ChargeParameterDiscoveryReq = Request<"ChargeParameterDiscoveryReq">;
type Next = "CableCheck" | "SessionStop" | "Terminated";

/** How long an answer is held back until the limits are known, before it says Ongoing. */
const HOLD_MS = 1000;

function modeOf({ body }: ChargeParameterDiscoveryReq, { evse }: DinSession): DinMode | undefined {
  return energyTransferModes(evse).find((offered) => offered === body.EVRequestedEnergyTransferType);
}

/** What is wrong with the EV's parameters [V2G-DC-397], [V2G-DC-398]. */
function fault(request: ChargeParameterDiscoveryReq, session: DinSession): Failure | undefined {
  if (!modeOf(request, session)) return "FAILED_WrongEnergyTransferType";
  const { DC_EVChargeParameter: ev } = request.body;
  return ev && isCompatible(ev, session.evse.dc) ? undefined : "FAILED_WrongChargeParameter";
}

function decide(request: ChargeParameterDiscoveryReq, session: DinSession): Outcome<Din, Next> {
  const failure = fault(request, session);
  const mode = modeOf(request, session);
  const { DC_EVChargeParameter: ev } = request.body;
  if (failure || !mode || !ev) {
    return refuse("ChargeParameterDiscoveryReq", failure ?? "FAILED_WrongChargeParameter", session);
  }
  const told = report(session.dc, ev, session.now);
  const needs = { requested_energy_transfer: mode, dc_charging_parameters: chargingNeeds(ev) };
  return {
    session: { dc: told.dc },
    effects: [publish("requested_energy_transfer_mode", mode), ...told.effects, extend("charging_needs", needs)],
    ms: HOLD_MS,
    until: ({ evse }) => evse.dc.capabilities !== undefined,
    decide: (current) => answer(request, current),
  };
}

function answer(request: ChargeParameterDiscoveryReq, session: DinSession): Step<Din, Next> {
  // The supply may have told its limits only meanwhile.
  const failure = fault(request, session);
  if (failure) return refuse("ChargeParameterDiscoveryReq", failure, session);
  const { capabilities, noEnergyPause } = session.evse.dc;
  const finished = capabilities !== undefined;
  const pause = finished && noEnergyPause !== undefined;
  const status = {
    ...dcStatus(session, "parameters"),
    ...(pause ? ({ EVSENotification: "StopCharging" } as const) : {}),
  };
  const message = {
    ResponseCode: "OK",
    EVSEProcessing: finished ? "Finished" : "Ongoing",
    SAScheduleList: schedule(session),
    DC_EVSEChargeParameter: chargeParameter(session, status),
  } as const;
  const reply = { name: "ChargeParameterDiscoveryRes", message } as const;
  if (!finished) return { reply };
  return { reply, next: mustLeave(session) ? "SessionStop" : "CableCheck" };
}

/** There is no energy, and without pause in the protocol the EV can but leave (IEC 61851-23, CC.5.3.2). */
function mustLeave({ evse: { dc } }: DinSession): boolean {
  return dc.noEnergyPause === "PauseBeforeCableCheck" || dc.noEnergyPause === "PauseAfterPrecharge";
}

export const chargeParameterDiscovery = state({
  name: "ChargeParameterDiscovery",
  next: ["ChargeParameterDiscovery", "CableCheck", "SessionStop", "Terminated"],
  on: { ChargeParameterDiscoveryReq: decide, SessionStopReq: stop },
});
