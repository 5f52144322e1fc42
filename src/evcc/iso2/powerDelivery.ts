import { weldingDetectionReq } from "../dc/requests.ts";
import { decided } from "../effects.ts";
import { chargeParameterDiscoveryReq } from "./chargeParameters.ts";
import { loopRequest } from "./charging.ts";
import { isDc, powerOff, state, statusOf, stopSession, wrongKind } from "./protocol.ts";

/** ISO 15118-2, 8.4.3.9: power is on, off, or about to be negotiated anew. */
export const powerDelivery = state({
  name: "PowerDelivery",
  next: [
    "ChargingStatus",
    "CurrentDemand",
    "ChargeParameterDiscovery",
    "WeldingDetection",
    "SessionStop",
    "Terminated",
  ],
  on: {
    PowerDeliveryRes({ body }, session) {
      if (!statusOf(body, session)) return wrongKind(session);
      if (session.progress === "Stop") {
        if (!isDc(session)) return stopSession(session);
        return { next: "WeldingDetection", reply: weldingDetectionReq(session.dc), effects: [powerOff] };
      }
      if (session.progress === "Renegotiate") {
        return { next: "ChargeParameterDiscovery", reply: chargeParameterDiscoveryReq(session) };
      }
      // Whatever the status says or the car wants by now: after power on, the loop is entered once [V2G2-576].
      const begins = decided({ step: 6, title: "has power: charging begins", outcome: "ok" });
      return { ...loopRequest(session), effects: [begins] };
    },
  },
});
