import { decided } from "../effects.ts";
import { chargeParameterDiscoveryReq } from "./chargeParameters.ts";
import { chargingStatusReq } from "./charging.ts";
import { end, state, stopSession } from "./protocol.ts";

/** ISO 15118-2, 8.4.3.9: power is on, off, or about to be negotiated anew. */
export const powerDelivery = state({
  name: "PowerDelivery",
  next: ["ChargingStatus", "ChargeParameterDiscovery", "SessionStop", "Terminated"],
  on: {
    PowerDeliveryRes({ body: { AC_EVSEStatus: status } }, session) {
      if (!status) return end({ ended: "protocol error", reason: "the EVSE answers AC charging with a DC status" });
      if (session.progress === "Stop") return stopSession(session);
      if (session.progress === "Renegotiate") {
        return { next: "ChargeParameterDiscovery", reply: chargeParameterDiscoveryReq(session) };
      }
      // Whatever the status says or the car wants by now: after power on, the status is asked for once [V2G2-576].
      const begins = decided({ step: 6, title: "has power: charging begins", outcome: "ok" });
      return { next: "ChargingStatus", reply: chargingStatusReq, effects: [begins] };
    },
  },
});
