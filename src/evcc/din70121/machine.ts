/** The car's side of a session of DIN SPEC 70121: its states, and the rules that hold in all of them. */
import { type Incoming, machineOf, type Rules } from "../../fsm/machine.ts";
import { equalBytes } from "../../util/bytes.ts";
import { cableCheck, preCharge } from "./cableCheck.ts";
import { chargeParameterDiscovery } from "./chargeParameters.ts";
import { currentDemand, weldingDetection } from "./currentDemand.ts";
import { powerDelivery } from "./powerDelivery.ts";
import { type Din, end, goodbye } from "./protocol.ts";
import { contractAuthentication, serviceDiscovery, servicePaymentSelection, sessionSetup } from "./services.ts";
import { sessionStop, terminated } from "./stop.ts";

/** From these states the car can leave without asking the EVSE to turn the power off first. */
const beforePower: readonly string[] = [
  "ServiceDiscovery",
  "ServicePaymentSelection",
  "ContractAuthentication",
  "ChargeParameterDiscovery",
  "CableCheck",
  "PreCharge",
];

const rules: Rules<Din> = {
  guard(incoming, session, state) {
    const { header, body } = incoming.message;
    if (incoming.name !== `${state}Res`) return undefined;
    if (body.ResponseCode.startsWith("FAILED")) return refusedBy(incoming);
    if (state !== "SessionSetup" && !equalBytes(header.SessionID, session.SessionID)) {
      return end({ ended: "protocol error", reason: `${incoming.name} carries another session's id` });
    }
    return session.ending && beforePower.includes(state) ? goodbye(session) : undefined;
  },
  unexpected: ({ name }, _, state) =>
    end({ ended: "protocol error", reason: `${name} came while ${state}Res was awaited` }),
};

function refusedBy({ name, message }: Incoming<Din>) {
  const { ResponseCode } = message.body;
  return end({ ended: "refused", reason: `${name} says ${ResponseCode}`, message: name, ResponseCode });
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
