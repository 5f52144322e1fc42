/** The car's side of a session of ISO 15118-2 (8.8.4.2, 8.8.4.3): its states, and the rules that hold in all of them. */
import { type Incoming, machineOf } from "../../fsm/machine.ts";
import type { Outcome } from "../outcome.ts";
import { carRules } from "../rules.ts";
import { authorization } from "./authorization.ts";
import { cableCheck, preCharge } from "./cableCheck.ts";
import { chargeParameterDiscovery } from "./chargeParameters.ts";
import { chargingStatus } from "./chargingStatus.ts";
import { certificateInstallation, certificateUpdate } from "./contractInstallation.ts";
import { currentDemand, weldingDetection } from "./currentDemand.ts";
import { meteringReceipt } from "./meteringReceipt.ts";
import { paymentDetails, paymentServiceSelection } from "./paymentDetails.ts";
import { powerDelivery } from "./powerDelivery.ts";
import { end, type Iso2, stopSession } from "./protocol.ts";
import { serviceDetail, serviceDiscovery } from "./services.ts";
import { sessionSetup } from "./sessionSetup.ts";
import { sessionStop, terminated } from "./stop.ts";

const beforePower: readonly string[] = [
  "ServiceDiscovery",
  "ServiceDetail",
  "PaymentServiceSelection",
  "PaymentDetails",
  "Authorization",
  "ChargeParameterDiscovery",
  "CableCheck",
  "PreCharge",
];

const rules = carRules<Iso2>({ beforePower, end, refusedBy, goodbye: stopSession });

function refusedBy({ name, message }: Incoming<Iso2>): Outcome {
  const { ResponseCode } = message.body;
  const retryDays = "RetryCounter" in message.body ? message.body.RetryCounter : undefined;
  const reason = `${name} says ${ResponseCode}`;
  return { ended: "refused", reason, message: name, ResponseCode, ...(retryDays !== undefined && { retryDays }) };
}

/** Its first request is `sessionSetupReq`. */
export const iso2Car = machineOf<Iso2>()({
  initial: "SessionSetup",
  states: [
    sessionSetup,
    serviceDiscovery,
    serviceDetail,
    paymentServiceSelection,
    certificateInstallation,
    certificateUpdate,
    paymentDetails,
    authorization,
    chargeParameterDiscovery,
    powerDelivery,
    chargingStatus,
    cableCheck,
    preCharge,
    currentDemand,
    weldingDetection,
    meteringReceipt,
    sessionStop,
    terminated,
  ],
  rules,
});
