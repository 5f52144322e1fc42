import { decided } from "../effects.ts";
import { asksForContract, contractReq, paymentDetailsReq } from "./contractRequests.ts";
import { end, type Request, state } from "./protocol.ts";

/** With external payment, and while the EVSE is at work, the request is empty: challenge and signature go once. */
export const authorizationReq: Request = { name: "AuthorizationReq", message: {} };

/** ISO 15118-2, 8.4.3.5: the selection is accepted. */
export const paymentServiceSelection = state({
  name: "PaymentServiceSelection",
  next: ["CertificateInstallation", "CertificateUpdate", "PaymentDetails", "Authorization"],
  on: {
    PaymentServiceSelectionRes(_, session) {
      const { payment, contractService, car } = session;
      if (payment !== "Contract") return { next: "Authorization", reply: authorizationReq };
      const request = contractService === undefined ? undefined : contractReq(session);
      if (request && car.contractWish) {
        const next = request.name === "CertificateUpdateReq" ? "CertificateUpdate" : "CertificateInstallation";
        return { next, reply: request, effects: [asksForContract(car.contractWish)] };
      }
      return car.contract
        ? { next: "PaymentDetails", reply: paymentDetailsReq(car.contract) }
        : { next: "Authorization", reply: authorizationReq };
    },
  },
});

const CHALLENGE_LENGTH = 16;

/** ISO 15118-2, 8.4.3.6: the contract is known; its owner proves himself by signing the challenge. */
export const paymentDetails = state({
  name: "PaymentDetails",
  next: ["Authorization", "Terminated"],
  on: {
    PaymentDetailsRes({ body: { ResponseCode, GenChallenge } }, { car: { contract } }) {
      if (GenChallenge.length !== CHALLENGE_LENGTH) {
        const reason = `the challenge has ${GenChallenge.length} octets instead of ${CHALLENGE_LENGTH}`;
        return end({ ended: "protocol error", reason });
      }
      const expiring = ResponseCode === "OK_CertificateExpiresSoon";
      return {
        next: "Authorization",
        reply: { name: "AuthorizationReq", message: { "@Id": "id1", GenChallenge }, signed: true },
        effects: [
          ...(expiring ? [decided({ step: 2, title: "hears that its contract certificate expires soon" })] : []),
          decided({ step: 2, title: `signs the challenge for ${contract?.eMAID} with its contract key` }),
        ],
      };
    },
  },
});
