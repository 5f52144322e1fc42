import { certificateChain } from "../../iso15118/contractMessages.ts";
import type { Contract } from "../car.ts";
import { decided } from "../effects.ts";
import { end, type Request, state } from "./protocol.ts";

/** With external payment, and while the EVSE is at work, the request is empty: challenge and signature go once. */
export const authorizationReq: Request = { name: "AuthorizationReq", message: {} };

/** ISO 15118-2, 8.4.3.5: the selection is accepted. */
export const paymentServiceSelection = state({
  name: "PaymentServiceSelection",
  next: ["PaymentDetails", "Authorization"],
  on: {
    PaymentServiceSelectionRes(_, { payment, car: { contract } }) {
      if (payment !== "Contract" || !contract) return { next: "Authorization", reply: authorizationReq };
      return { next: "PaymentDetails", reply: paymentDetailsReq(contract) };
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

/** What the car pays with. */
export function paymentDetailsReq({ eMAID, chain }: Contract): Request {
  return { name: "PaymentDetailsReq", message: { eMAID, ContractSignatureCertChain: certificateChain(chain) } };
}
