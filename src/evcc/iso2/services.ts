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
      const contractService = secured && car.contractWish ? contractServiceOf(body) : undefined;
      const paymentOffers = body.PaymentOptionList.PaymentOption;
      const choice = choosePayment(car, paymentOffers, secured, contractService !== undefined);
      if (choice.payment === undefined) return notOffered(choice.reason);
      const details = secured ? interesting(car, body).map(({ ServiceID }) => ServiceID) : [];
      const wanted = choice.payment === "Contract" && contractService !== undefined;
      const found = {
        payment: choice.payment,
        paymentOffers,
        services: [{ ServiceID: body.ChargeService.ServiceID }],
        contractService: wanted ? contractService : undefined,
        detailsWanted: wanted ? [contractService, ...details] : details,
      };
      const effects = [decided({ step: 2, title: `pays by ${choice.payment}: ${choice.reason}` })];
      return { ...furtherDetails({ ...session, ...found }), session: found, effects };
    },
  },
});

/** ISO 15118-2, 8.4.3.4: the details of one service after the other. */
export const serviceDetail = state({
  name: "ServiceDetail",
  next: ["ServiceDetail", "PaymentServiceSelection", "Terminated"],
  on: {
    ServiceDetailRes({ body: { ServiceID, ServiceParameterList } }, session) {
      const [set] = ServiceParameterList?.ParameterSet ?? [];
      if (ServiceID === session.contractService)
        return contractDetails(ServiceParameterList?.ParameterSet ?? [], session);
      const change = {
        services: wants(session.car, ServiceID) ? [...session.services, selected(ServiceID, set)] : session.services,
        detailsWanted: session.detailsWanted.slice(1),
      };
      return { ...furtherDetails({ ...session, ...change }), session: change };
    },
  },
});

const INTERNET = 3;

/** Table 106: what a set of the certificate service offers, and the number that it has there. */
const contractSets = {
  install: { word: "installation", id: 1 },
  update: { word: "update", id: 2 },
} as const;

function contractServiceOf({ ServiceList }: Offers): number | undefined {
  return ServiceList?.Service.find(({ ServiceCategory }) => ServiceCategory === "ContractCertificate")?.ServiceID;
}

/** Selects the set by which the car gets what it wants; without one it pays with what it has. */
function contractDetails(
  sets: readonly ParameterSet[],
  session: Iso2Session,
): Step<Iso2, "ServiceDetail" | "PaymentServiceSelection" | "Terminated"> {
  const { car, contractService = 0, services, paymentOffers, secured } = session;
  const detailsWanted = session.detailsWanted.slice(1);
  const set = contractSetOf(sets, car.contractWish?.action ?? "install");
  if (set) {
    const chosen = { ServiceID: contractService, ParameterSetID: set.ParameterSetID };
    const change = { services: [...services, chosen], detailsWanted };
    return { ...furtherDetails({ ...session, ...change }), session: change };
  }
  const choice = choosePayment(car, paymentOffers, secured, false);
  if (choice.payment === undefined) return notOffered(choice.reason);
  const change = { payment: choice.payment, contractService: undefined, detailsWanted };
  const title = `cannot have its contract ${car.contractWish?.action === "update" ? "renewed" : "installed"} here`;
  const effects = [decided({ step: 2, title: `${title}: pays by ${choice.payment}` })];
  return { ...furtherDetails({ ...session, ...change }), session: change, effects };
}

/** By what the sets say of themselves; where none of them says anything known, by the standard's number. */
function contractSetOf(sets: readonly ParameterSet[], action: keyof typeof contractSets): ParameterSet | undefined {
  const offering = (wanted: keyof typeof contractSets) =>
    sets.find(({ Parameter }) =>
      Parameter.some((parameter) => parameter.stringValue?.toLowerCase() === contractSets[wanted].word),
    );
  const speaks = offering("install") ?? offering("update");
  return speaks ? offering(action) : sets.find(({ ParameterSetID }) => ParameterSetID === contractSets[action].id);
}

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
export function choosePayment(
  car: Car,
  offered: readonly PaymentOption[],
  secured: boolean,
  /** Whether a contract can be had here. */
  contracts: boolean,
): Choice {
  const { option: wanted = "Contract", enforced } = car.payment;
  const obstacle = obstacleTo(wanted, car, offered, secured, contracts);
  if (obstacle === undefined) return { payment: wanted, reason: car.payment.option ? "as wanted" : "it is possible" };
  if (enforced && car.payment.option) return { payment: undefined, reason: `${wanted} is enforced, but ${obstacle}` };
  const other = wanted === "Contract" ? "ExternalPayment" : "Contract";
  const second = obstacleTo(other, car, offered, secured, contracts);
  if (second === undefined) return { payment: other, reason: `${wanted} is not possible, as ${obstacle}` };
  return { payment: undefined, reason: `no way to pay: ${obstacle}, and ${second}` };
}

function obstacleTo(
  option: PaymentOption,
  { contract, contractWish }: Car,
  offered: readonly PaymentOption[],
  secured: boolean,
  contracts: boolean,
) {
  if (!offered.includes(option)) return `the EVSE does not offer ${option}`;
  if (option === "ExternalPayment") return undefined;
  if (!secured) return "the connection has no TLS";
  if (contract || (contracts && contractWish?.action === "install")) return undefined;
  return contractWish ? "the car has no contract, and can have none installed here" : "the car has no contract";
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
