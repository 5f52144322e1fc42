import type { Step } from "../../fsm/state.ts";
import type { Messages, ParameterSet, Service } from "../../iso15118/iso2/index.ts";
import type { Car, PausedSession, PaymentOption } from "../car.ts";
import { decided } from "../effects.ts";
import { end, type Iso2, type Iso2Session, state } from "./protocol.ts";

type Offers = Messages["ServiceDiscoveryRes"];

/** ISO 15118-2, 8.4.3.3: the car compares what is offered with what it wants. */
export const serviceDiscovery = state({
  name: "ServiceDiscovery",
  next: ["ServiceDetail", "PaymentServiceSelection", "Terminated"],
  on: {
    ServiceDiscoveryRes({ body }, session) {
      const { secured, joined } = session;
      const car = joined ? paysOn(session.car, joined) : session.car;
      const offered = body.ChargeService.SupportedEnergyTransferMode.EnergyTransferMode;
      if (!offered.includes(car.mode)) {
        return notOffered(`the EVSE offers ${offered.join(", ")}, the car needs ${car.mode}`);
      }
      const choice = choosePayment(car, body.PaymentOptionList.PaymentOption, secured);
      if (choice.payment === undefined) return notOffered(choice.reason);
      const found = {
        payment: choice.payment,
        services: [{ ServiceID: body.ChargeService.ServiceID }],
        detailsWanted: secured ? interesting(car, body).map(({ ServiceID }) => ServiceID) : [],
      };
      const effects = [decided({ step: 2, title: `pays by ${choice.payment}: ${choice.reason}` })];
      return { ...furtherDetails({ ...session, ...found }), session: found, effects };
    },
  },
});

/** ISO 15118-2, 8.4.3.4: the details of one service after the other. */
export const serviceDetail = state({
  name: "ServiceDetail",
  next: ["ServiceDetail", "PaymentServiceSelection"],
  on: {
    ServiceDetailRes({ body: { ServiceID, ServiceParameterList } }, session) {
      const [set] = ServiceParameterList?.ParameterSet ?? [];
      const change = {
        services: wants(session.car, ServiceID) ? [...session.services, selected(ServiceID, set)] : session.services,
        detailsWanted: session.detailsWanted.slice(1),
      };
      return { ...furtherDetails({ ...session, ...change }), session: change };
    },
  },
});

const INTERNET = 3;

function notOffered(reason: string) {
  return end({ ended: "nothing suitable offered", reason });
}

/** Value added services are for TLS only [V2G2-422]; contracts are installed by a state of their own. */
function interesting({ services }: Car, { ServiceList }: Offers): readonly Service[] {
  const offered = (ServiceList?.Service ?? []).filter(
    ({ ServiceCategory }) => ServiceCategory !== "ContractCertificate",
  );
  if (services.allDetails || services.selectAll) return offered;
  return services.internet ? offered.filter(({ ServiceID }) => ServiceID === INTERNET) : [];
}

function wants({ services }: Car, serviceId: number): boolean {
  return services.selectAll || (services.internet && serviceId === INTERNET);
}

function selected(ServiceID: number, set: ParameterSet | undefined) {
  return { ServiceID, ...(set && { ParameterSetID: set.ParameterSetID }) };
}

/** A session that goes on is paid as it was begun. */
function paysOn(car: Car, { payment: option }: PausedSession): Car {
  return { ...car, payment: { option, enforced: true } };
}

type Choice =
  | { readonly payment: PaymentOption; readonly reason: string }
  | { readonly payment: undefined; readonly reason: string };

/** By contract where car and EVSE can, unless the driver wants it otherwise. */
export function choosePayment(car: Car, offered: readonly PaymentOption[], secured: boolean): Choice {
  const { option: wanted = "Contract", enforced } = car.payment;
  const obstacle = obstacleTo(wanted, car, offered, secured);
  if (obstacle === undefined) return { payment: wanted, reason: car.payment.option ? "as wanted" : "it is possible" };
  if (enforced && car.payment.option) return { payment: undefined, reason: `${wanted} is enforced, but ${obstacle}` };
  const other = wanted === "Contract" ? "ExternalPayment" : "Contract";
  const second = obstacleTo(other, car, offered, secured);
  if (second === undefined) return { payment: other, reason: `${wanted} is not possible, as ${obstacle}` };
  return { payment: undefined, reason: `no way to pay: ${obstacle}, and ${second}` };
}

function obstacleTo(option: PaymentOption, car: Car, offered: readonly PaymentOption[], secured: boolean) {
  if (!offered.includes(option)) return `the EVSE does not offer ${option}`;
  if (option === "ExternalPayment") return undefined;
  if (!secured) return "the connection has no TLS";
  return car.contract ? undefined : "the car has no contract";
}

/** Asks for the next details, or selects when there are none left. */
function furtherDetails({
  payment,
  services,
  detailsWanted,
}: Iso2Session): Step<Iso2, "ServiceDetail" | "PaymentServiceSelection"> {
  const [ServiceID] = detailsWanted;
  if (ServiceID !== undefined) {
    return { next: "ServiceDetail", reply: { name: "ServiceDetailReq", message: { ServiceID } } };
  }
  const message = { SelectedPaymentOption: payment, SelectedServiceList: { SelectedService: services } };
  return { next: "PaymentServiceSelection", reply: { name: "PaymentServiceSelectionReq", message } };
}
