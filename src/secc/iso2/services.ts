/** ISO 15118-2, 8.4.3.3 to 8.4.3.5: what is offered, and what the EV takes of it. */
import { ask, type Outcome } from "../../fsm/state.ts";
import type { ParameterSet, SelectedService } from "../../iso15118/iso2/index.ts";
import { decided, type Effect, publish } from "../effects.ts";
import { type Iso2, type Iso2Ports, type Iso2Session, type Request, type Selected, state } from "./protocol.ts";
import { type Failure, refuse } from "./refusals.ts";
import {
  CERTIFICATE_SERVICE,
  CHARGE_SERVICE,
  certificateParameters,
  chargeService,
  matchingServices,
  paymentOptions,
  services,
} from "./serviceList.ts";
import { stop } from "./stop.ts";

export const serviceDiscovery = state({
  name: "ServiceDiscovery",
  next: ["ServiceSelection", "Terminated"],
  on: {
    ServiceDiscoveryReq({ body }, session) {
      const Service = matchingServices(session, body);
      return {
        reply: {
          name: "ServiceDiscoveryRes",
          message: {
            ResponseCode: "OK",
            PaymentOptionList: { PaymentOption: [...paymentOptions(session)] },
            ChargeService: chargeService(session.evse),
            ...(Service.length > 0 ? { ServiceList: { Service } } : {}),
          },
        },
        next: "ServiceSelection",
        effects: withoutTls(session),
      };
    },
    SessionStopReq: stop,
  },
});

/** What a driver with a contract wonders about: the configuration offers it, and the EV does not get to see it. */
function withoutTls({ secured, evse }: Iso2Session): Effect[] {
  if (secured || !evse.paymentOptions.includes("Contract")) return [];
  const title = "Contract is not offered: this EV came without TLS";
  const fix =
    "For Plug & Charge, set tls_security to allow or force, install a valid SECC certificate, and use an EV that asks for TLS.";
  return [decided({ step: 2, title, fix })];
}

async function gatherDetail({ body }: Request<"ServiceDetailReq">, session: Iso2Session, ports: Iso2Ports) {
  const isVas = session.evse.services.some(({ ServiceID }) => ServiceID === body.ServiceID);
  return isVas ? ports.serviceParameters(body.ServiceID) : undefined;
}

function decideDetail(
  { body: { ServiceID } }: Request<"ServiceDetailReq">,
  session: Iso2Session,
  vasParameters: readonly ParameterSet[] | undefined,
): Outcome<Iso2, "ServiceSelection" | "Terminated"> {
  const known = ServiceID === CHARGE_SERVICE || services(session).some((service) => service.ServiceID === ServiceID);
  if (!known) {
    const message = { ResponseCode: "FAILED_ServiceIDInvalid", ServiceID } as const;
    return { reply: { name: "ServiceDetailRes", message }, next: "Terminated" };
  }
  const sets = ServiceID === CERTIFICATE_SERVICE ? certificateParameters : (vasParameters ?? []);
  const parameters = sets.length > 0 ? { ServiceParameterList: { ParameterSet: [...sets] } } : {};
  return {
    reply: { name: "ServiceDetailRes", message: { ResponseCode: "OK", ServiceID, ...parameters } },
    session: { toldSets: new Map(session.toldSets).set(ServiceID, idsOf(sets)) },
  };
}

const idsOf = (sets: readonly ParameterSet[]) => sets.map(({ ParameterSetID }) => ParameterSetID);

/** Of a value added service, only the sets that the EV was told of are known to be right or wrong. */
function isOffered({ ServiceID, ParameterSetID }: SelectedService, session: Iso2Session): boolean {
  if (ServiceID === CHARGE_SERVICE) return true;
  if (!services(session).some((service) => service.ServiceID === ServiceID)) return false;
  const sets = ServiceID === CERTIFICATE_SERVICE ? idsOf(certificateParameters) : session.toldSets.get(ServiceID);
  return ParameterSetID === undefined || sets === undefined || sets.includes(ParameterSetID);
}

/** The code that fits what is wrong with a selection; a missing charge service outweighs the rest [V2G2-804]. */
function selectionFault({ payment, services: selected }: Selected, session: Iso2Session): Failure | undefined {
  if (!selected.some(({ ServiceID }) => ServiceID === CHARGE_SERVICE)) return "FAILED_NoChargeServiceSelected";
  if (!selected.every((service) => isOffered(service, session))) return "FAILED_ServiceSelectionInvalid";
  return paymentOptions(session).includes(payment) ? undefined : "FAILED_PaymentSelectionInvalid";
}

function select(
  { body }: Request<"PaymentServiceSelectionReq">,
  session: Iso2Session,
): Outcome<Iso2, "ContractSelected" | "Authorization" | "Terminated"> {
  const selected = { payment: body.SelectedPaymentOption, services: body.SelectedServiceList.SelectedService };
  const fault = selectionFault(selected, session);
  if (fault) {
    const offered = paymentOptions(session).join(", ");
    return { ...refuse("PaymentServiceSelectionReq", fault, session), effects: [notOffered(fault, selected, offered)] };
  }
  const contract = selected.payment === "Contract";
  const timer = { to: "timer", ms: session.settings.authTimeoutEim * 1000 } as const;
  return {
    reply: { name: "PaymentServiceSelectionRes", message: { ResponseCode: "OK" } },
    session: { selected },
    effects: [
      publish("selected_payment_option", selected.payment),
      { to: "services", selected: valueAdded(selected.services) },
      ...(contract ? [] : [timer]),
    ],
    next: contract ? "ContractSelected" : "Authorization",
  };
}

function notOffered(fault: Failure, { payment, services: selected }: Selected, offered: string) {
  return decided({
    step: 2,
    title: `the EV's choice of ${payment} and services ${selected.map(({ ServiceID }) => ServiceID).join(", ")} is not on offer`,
    outcome: "refused",
    rule: fault,
    fix: `Choose among ${offered} and what ServiceDiscoveryRes and ServiceDetailRes tell; Contract is offered over TLS only.`,
  });
}

function valueAdded(selected: readonly SelectedService[]) {
  return selected
    .filter(({ ServiceID }) => ServiceID !== CHARGE_SERVICE && ServiceID !== CERTIFICATE_SERVICE)
    .map(({ ServiceID, ParameterSetID }) => ({ service_id: ServiceID, parameter_set_id: ParameterSetID ?? 0 }));
}

export const serviceSelection = state({
  name: "ServiceSelection",
  next: ["ServiceSelection", "ContractSelected", "Authorization", "Terminated"],
  on: {
    ServiceDetailReq: ask(gatherDetail, decideDetail),
    PaymentServiceSelectionReq: select,
    SessionStopReq: stop,
  },
});
