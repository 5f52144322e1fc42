/** DIN SPEC 70121, 9.4.1.2 to 9.4.1.5: from the first request to the one who pays. */
import { dinSessionTimes } from "../../iso15118/din70121/index.ts";
import { decided } from "../effects.ts";
import { chargeParameterDiscoveryReq } from "./chargeParameters.ts";
import { askAgain, type DinSession, end, type Request, state } from "./protocol.ts";

/** 9.4.1.2.2: the first request of every session. */
export function sessionSetupReq({ car }: DinSession): Request {
  return { name: "SessionSetupReq", message: { EVCCID: car.EVCCID } };
}

/** 9.4.1.2: the SECC gives the session its id; from here on it has 150 s until the car can charge. */
export const sessionSetup = state({
  name: "SessionSetup",
  next: ["ServiceDiscovery", "Terminated"],
  on: {
    SessionSetupRes({ header: { SessionID } }) {
      if (SessionID.every((octet) => octet === 0)) {
        return end({ ended: "protocol error", reason: "the SECC gave the session no id" });
      }
      return {
        next: "ServiceDiscovery",
        reply: { name: "ServiceDiscoveryReq", message: {} },
        session: { SessionID },
        effects: [
          { to: "timer", timer: "established" },
          { to: "timer", timer: "readyToCharge", ms: dinSessionTimes.readyToCharge.timeout },
        ],
      };
    },
  },
});

/** 9.4.1.3: an EVSE offers one way to charge, which may stand for several, and external payment. */
export const serviceDiscovery = state({
  name: "ServiceDiscovery",
  next: ["ServicePaymentSelection", "Terminated"],
  on: {
    ServiceDiscoveryRes({ body: { PaymentOptions, ChargeService } }, { car }) {
      const { EnergyTransferType: offered, ServiceTag } = ChargeService;
      if (offered !== car.mode && !offered.endsWith(`_${car.mode}`)) {
        return notOffered(`the EVSE offers ${offered}, the car needs ${car.mode}`);
      }
      const { payment } = car;
      if (payment.enforced && payment.option === "Contract") {
        return notOffered("Contract is enforced, which DIN SPEC 70121 does not have");
      }
      if (!PaymentOptions.PaymentOption.includes("ExternalPayment")) {
        return notOffered("the EVSE does not offer ExternalPayment");
      }
      return {
        next: "ServicePaymentSelection",
        reply: {
          name: "ServicePaymentSelectionReq",
          message: {
            SelectedPaymentOption: "ExternalPayment",
            SelectedServiceList: { SelectedService: [{ ServiceID: ServiceTag.ServiceID }] },
          },
        },
        effects: [decided({ step: 2, title: "pays by ExternalPayment: DIN SPEC 70121 has nothing else" })],
      };
    },
  },
});

function notOffered(reason: string) {
  return end({ ended: "nothing suitable offered", reason });
}

const contractAuthenticationReq: Request = { name: "ContractAuthenticationReq", message: {} };

/** 9.4.1.4 */
export const servicePaymentSelection = state({
  name: "ServicePaymentSelection",
  next: ["ContractAuthentication"],
  on: { ServicePaymentSelectionRes: () => ({ next: "ContractAuthentication", reply: contractAuthenticationReq }) },
});

/** 9.4.1.5: the EVSE finds out whether the car may charge. */
export const contractAuthentication = state({
  name: "ContractAuthentication",
  next: ["ContractAuthentication", "ChargeParameterDiscovery", "SessionStop"],
  on: {
    ContractAuthenticationRes({ body: { EVSEProcessing } }, session) {
      if (EVSEProcessing !== "Finished") return askAgain(() => contractAuthenticationReq, session);
      return { next: "ChargeParameterDiscovery", reply: chargeParameterDiscoveryReq(session) };
    },
  },
});
