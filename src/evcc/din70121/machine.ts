/** The car's side of a session of DIN SPEC 70121: its states, and the rules that hold in all of them. */
import { type Incoming, machineOf } from "../../fsm/machine.ts";
import type { Outcome } from "../outcome.ts";
import { carRules } from "../rules.ts";
import { cableCheck, preCharge } from "./cableCheck.ts";
import { chargeParameterDiscovery } from "./chargeParameters.ts";
import { currentDemand, weldingDetection } from "./currentDemand.ts";
import { powerDelivery } from "./powerDelivery.ts";
import { type Din, end, goodbye } from "./protocol.ts";
import { contractAuthentication, serviceDiscovery, servicePaymentSelection, sessionSetup } from "./services.ts";
import { sessionStop, terminated } from "./stop.ts";

const beforePower: readonly string[] = [
  "ServiceDiscovery",
  "ServicePaymentSelection",
  "ContractAuthentication",
  "ChargeParameterDiscovery",
  "CableCheck",
  "PreCharge",
];

const rules = carRules<Din>({ beforePower, end, refusedBy, goodbye });

function refusedBy({ name, message }: Incoming<Din>): Outcome {
  const { ResponseCode } = message.body;
  return { ended: "refused", reason: `${name} says ${ResponseCode}`, message: name, ResponseCode };
}

/** Its first request is `sessionSetupReq`. */
export const dinCar = machineOf<Din>()({
  initial: "SessionSetup",
  states: [
    sessionSetup,
    serviceDiscovery,
    servicePaymentSelection,
    contractAuthentication,
    chargeParameterDiscovery,
    cableCheck,
    preCharge,
    powerDelivery,
    currentDemand,
    weldingDetection,
    sessionStop,
    terminated,
  ],
  rules,
});
