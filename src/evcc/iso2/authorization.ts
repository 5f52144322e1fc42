import { chargeParameterDiscoveryReq } from "./chargeParameters.ts";
import { authorizationReq } from "./paymentDetails.ts";
import { askAgain, patience, state } from "./protocol.ts";

/** ISO 15118-2, 8.4.3.7: the EVSE finds out whether the car may charge. */
export const authorization = state({
  name: "Authorization",
  next: ["Authorization", "ChargeParameterDiscovery", "SessionStop"],
  on: {
    AuthorizationRes({ body: { EVSEProcessing } }, session) {
      const effect = patience("AuthorizationReq", EVSEProcessing);
      if (EVSEProcessing !== "Finished") return askAgain(authorizationReq, session, effect);
      return { next: "ChargeParameterDiscovery", reply: chargeParameterDiscoveryReq(session), effects: [effect] };
    },
  },
});
