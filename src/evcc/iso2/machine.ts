/** The car's side of a session of ISO 15118-2 (8.8.4.2, 8.8.4.3): its states, and the rules that hold in all of them. */
import { type Incoming, machineOf, type Rules } from "../../fsm/machine.ts";
import { equalBytes } from "../../util/bytes.ts";
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

/** From these states the car can leave without asking the EVSE to turn the power off first. */
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

const rules: Rules<Iso2> = {
  guard(incoming, session, state) {
    const { header, body } = incoming.message;
    if (incoming.name !== `${state}Res`) return undefined;
    if (body.ResponseCode.startsWith("FAILED")) return refusedBy(incoming);
    if (state !== "SessionSetup" && !equalBytes(header.SessionID, session.SessionID)) {
      return end({ ended: "protocol error", reason: `${incoming.name} carries another session's id` });
    }
    return session.ending && beforePower.includes(state) ? stopSession(session) : undefined;
  },
  unexpected: ({ name }, _, state) =>
    end({ ended: "protocol error", reason: `${name} came while ${state}Res was awaited` }),
};

function refusedBy({ name, message }: Incoming<Iso2>) {
  const { ResponseCode } = message.body;
  const retryDays = "RetryCounter" in message.body ? message.body.RetryCounter : undefined;
  const reason = `${name} says ${ResponseCode}`;
  return end({ ended: "refused", reason, message: name, ResponseCode, ...(retryDays !== undefined && { retryDays }) });
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
