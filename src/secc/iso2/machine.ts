/** The SECC's side of an ISO 15118-2 session: all states, and the rules that hold in each of them. */
import { type Incoming, machineOf, type Rules } from "../../fsm/machine.ts";
import type { Step } from "../../fsm/state.ts";
import { equalBytes } from "../../util/bytes.ts";
import { authorization } from "./authorization.ts";
import { cableCheck, preCharge, preCharging } from "./cableCheck.ts";
import { chargeParameterDiscovery } from "./chargeParameters.ts";
import { charging, chargingStarted } from "./chargingStatus.ts";
import { currentDemand, currentDemandStarted, weldingDetection } from "./currentDemand.ts";
import { meteringReceipt } from "./meteringReceipt.ts";
import { contractSelected, paymentDetails } from "./paymentDetails.ts";
import { powerOff } from "./power.ts";
import { powerDelivery } from "./powerDelivery.ts";
import type { Iso2, Iso2Session, Reply } from "./protocol.ts";
import { refuse } from "./refusals.ts";
import { serviceDiscovery, serviceSelection } from "./services.ts";
import { sessionSetup } from "./sessionSetup.ts";
import { sessionStop, terminated } from "./stop.ts";

/** Whether a reply refuses its request. What the CSMS has made counts by what it says, as far as it can be read. */
export function isFailure(reply: Reply | undefined): boolean {
  const code = reply && ("name" in reply ? reply.message.ResponseCode : reply.ResponseCode);
  return code?.startsWith("FAILED") ?? false;
}

const rules: Rules<Iso2> = {
  /** [V2G2-538]; it has no effect, and the session is over [V2G2-539]. */
  unexpected: ({ name }, session) => refuse(name, "FAILED_SequenceError", session),

  /** Who has been asked to leave and did not fails; so does who names another session [V2G2-460]. */
  guard(incoming: Incoming<Iso2>, session: Iso2Session) {
    if (session.evse.shutdown) return refuse(incoming.name, "FAILED", session);
    if (incoming.name === "SessionSetupReq") return undefined;
    const known = equalBytes(incoming.message.header.SessionID, session.sessionId);
    return known ? undefined : refuse(incoming.name, "FAILED_UnknownSession", session);
  },

  /** Whatever failed, ends the session with the power off. */
  conclude(step: Step<Iso2>, _incoming, session) {
    if (!isFailure(step.reply)) return step;
    const off = powerOff(session);
    const effects = [...(step.effects ?? []), ...off.effects];
    return { ...step, session: { ...step.session, ...off.session }, effects, next: "Terminated" };
  },
};

export const iso2Machine = machineOf<Iso2>()({
  initial: "SessionSetup",
  states: [
    sessionSetup,
    serviceDiscovery,
    serviceSelection,
    contractSelected,
    paymentDetails,
    authorization,
    chargeParameterDiscovery,
    powerDelivery,
    chargingStarted,
    charging,
    cableCheck,
    preCharge,
    preCharging,
    currentDemandStarted,
    currentDemand,
    weldingDetection,
    meteringReceipt,
    sessionStop,
    terminated,
  ],
  rules,
});
