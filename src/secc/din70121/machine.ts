/** The SECC's side of a DIN SPEC 70121 session: all states, and the rules that hold in each of them. */
import { type Incoming, machineOf, type Rules } from "../../fsm/machine.ts";
import type { Step } from "../../fsm/state.ts";
import { equalBytes } from "../../util/bytes.ts";
import { cableCheck, preCharge, preCharging } from "./cableCheck.ts";
import { chargeParameterDiscovery } from "./chargeParameters.ts";
import { contractAuthentication } from "./contractAuthentication.ts";
import { currentDemand, currentDemandStarted, weldingDetection } from "./currentDemand.ts";
import { powerOff } from "./power.ts";
import type { Din, DinSession, Reply } from "./protocol.ts";
import { refuse } from "./refusals.ts";
import { serviceDiscovery, servicePaymentSelection } from "./services.ts";
import { sessionSetup } from "./sessionSetup.ts";
import { sessionStop, terminated } from "./stop.ts";

/** Whether a reply refuses its request. */
export function isFailure(reply: Reply | undefined): boolean {
  return reply?.message.ResponseCode.startsWith("FAILED") ?? false;
}

const rules: Rules<Din> = {
  /** [V2G-DC-390]; it has no effect, and the session is over. */
  unexpected: ({ name }, session) => refuse(name, "FAILED_SequenceError", session),

  /** Who has been asked to leave and did not fails; so does who names another session [V2G-DC-391]. */
  guard(incoming: Incoming<Din>, session: DinSession) {
    if (session.evse.shutdown) return refuse(incoming.name, "FAILED", session);
    if (incoming.name === "SessionSetupReq") return undefined;
    const known = equalBytes(incoming.message.header.SessionID, session.sessionId);
    return known ? undefined : refuse(incoming.name, "FAILED_UnknownSession", session);
  },

  /** Whatever failed, ends the session with the power off. */
  conclude(step: Step<Din>, _incoming, session) {
    if (!isFailure(step.reply)) return step;
    const off = powerOff(session);
    const effects = [...(step.effects ?? []), ...off.effects];
    return { ...step, session: { ...step.session, ...off.session }, effects, next: "Terminated" };
  },
};

export const dinMachine = machineOf<Din>()({
  initial: "SessionSetup",
  states: [
    sessionSetup,
    serviceDiscovery,
    servicePaymentSelection,
    contractAuthentication,
    chargeParameterDiscovery,
    cableCheck,
    preCharge,
    preCharging,
    currentDemandStarted,
    currentDemand,
    weldingDetection,
    sessionStop,
    terminated,
  ],
  rules,
});
