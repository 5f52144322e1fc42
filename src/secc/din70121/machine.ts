/** The SECC's side of a DIN SPEC 70121 session: all states, and the rules that hold in each of them. */
import { machineOf } from "../../fsm/machine.ts";
import { seccRules } from "../rules.ts";
import { cableCheck, preCharge, preCharging } from "./cableCheck.ts";
import { chargeParameterDiscovery } from "./chargeParameters.ts";
import { contractAuthentication } from "./contractAuthentication.ts";
import { currentDemand, currentDemandStarted, weldingDetection } from "./currentDemand.ts";
import { powerOff } from "./power.ts";
import type { Din, Reply } from "./protocol.ts";
import { refuse } from "./refusals.ts";
import { serviceDiscovery, servicePaymentSelection } from "./services.ts";
import { sessionSetup } from "./sessionSetup.ts";
import { sessionStop, terminated } from "./stop.ts";

/** Whether a reply refuses its request. */
export function isFailure(reply: Reply | undefined): boolean {
  return reply?.message.ResponseCode.startsWith("FAILED") ?? false;
}

/** [V2G-DC-390], [V2G-DC-391], [V2G-DC-665] */
const rules = seccRules<Din>({ refuse, isFailure, powerOff });

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
