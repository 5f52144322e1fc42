/** The SECC's side of an ISO 15118-2 session: all states, and the rules that hold in each of them. */
import { machineOf } from "../../fsm/machine.ts";
import { seccRules } from "../rules.ts";
import { authorization } from "./authorization.ts";
import { cableCheck, preCharge, preCharging } from "./cableCheck.ts";
import { chargeParameterDiscovery } from "./chargeParameters.ts";
import { charging, chargingStarted } from "./chargingStatus.ts";
import { currentDemand, currentDemandStarted, weldingDetection } from "./currentDemand.ts";
import { meteringReceipt } from "./meteringReceipt.ts";
import { contractSelected, paymentDetails } from "./paymentDetails.ts";
import { powerOff } from "./power.ts";
import { powerDelivery } from "./powerDelivery.ts";
import type { Iso2, Reply } from "./protocol.ts";
import { refuse } from "./refusals.ts";
import { serviceDiscovery, serviceSelection } from "./services.ts";
import { sessionSetup } from "./sessionSetup.ts";
import { sessionStop, terminated } from "./stop.ts";

/** Whether a reply refuses its request. What the CSMS has made counts by what it says, as far as it can be read. */
export function isFailure(reply: Reply | undefined): boolean {
  const code = reply && ("name" in reply ? reply.message.ResponseCode : reply.ResponseCode);
  return code?.startsWith("FAILED") ?? false;
}

/** [V2G2-538], [V2G2-539], [V2G2-460] */
const rules = seccRules<Iso2>({ refuse, isFailure, powerOff });

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
