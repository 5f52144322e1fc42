/** DIN SPEC 70121, 9.4.1.3 and 9.4.1.4: charging by external payment is all there is. */
import type { Outcome } from "../../fsm/state.ts";
import { decided, publish } from "../effects.ts";
import { type Din, type DinSession, type Request, state } from "./protocol.ts";
import { type Failure, refuse } from "./refusals.ts";
import { chargeService } from "./status.ts";
import { stop } from "./stop.ts";

export const serviceDiscovery = state({
  name: "ServiceDiscovery",
  next: ["ServicePaymentSelection", "Terminated"],
  on: {
    ServiceDiscoveryReq(_request, session) {
      const message = {
        ResponseCode: "OK",
        PaymentOptions: { PaymentOption: ["ExternalPayment"] },
        ChargeService: chargeService(session),
      } as const;
      return { reply: { name: "ServiceDiscoveryRes", message }, next: "ServicePaymentSelection" };
    },
    SessionStopReq: stop,
  },
});

type Selection = Request<"ServicePaymentSelectionReq">["body"];

/** The list holds the charge service alone [V2G-DC-635], [V2G-DC-396]; other payment is not offered [V2G-DC-395]. */
function selectionFault(
  { SelectedPaymentOption, SelectedServiceList }: Selection,
  session: DinSession,
): Failure | undefined {
  const [first, ...others] = SelectedServiceList.SelectedService;
  const { ServiceID } = chargeService(session).ServiceTag;
  if (first?.ServiceID !== ServiceID || others.length > 0) return "FAILED_ServiceSelectionInvalid";
  return SelectedPaymentOption === "ExternalPayment" ? undefined : "FAILED_PaymentSelectionInvalid";
}

function select(
  { body }: Request<"ServicePaymentSelectionReq">,
  session: DinSession,
): Outcome<Din, "ContractAuthentication" | "Terminated"> {
  const fault = selectionFault(body, session);
  if (fault)
    return { ...refuse("ServicePaymentSelectionReq", fault, session), effects: [notOffered(fault, body, session)] };
  return {
    reply: { name: "ServicePaymentSelectionRes", message: { ResponseCode: "OK" } },
    effects: [
      publish("selected_payment_option", body.SelectedPaymentOption),
      { to: "timer", ms: session.settings.authTimeoutEim * 1000 },
    ],
    next: "ContractAuthentication",
  };
}

function notOffered(rule: Failure, { SelectedPaymentOption, SelectedServiceList }: Selection, session: DinSession) {
  const services = SelectedServiceList.SelectedService.map(({ ServiceID }) => ServiceID).join(", ");
  return decided({
    step: 2,
    title: `the EV's choice of ${SelectedPaymentOption} and services ${services} is not on offer`,
    outcome: "refused",
    rule,
    fix: `Choose ExternalPayment and service ${chargeService(session).ServiceTag.ServiceID} alone.`,
  });
}

export const servicePaymentSelection = state({
  name: "ServicePaymentSelection",
  next: ["ContractAuthentication", "Terminated"],
  on: { ServicePaymentSelectionReq: select, SessionStopReq: stop },
});
