import { equalBytes } from "../../util/bytes.ts";
import { decided } from "../effects.ts";
import { end, type Iso2Session, type Request, state } from "./protocol.ts";

/** ISO 15118-2, 8.4.3.2: the first request of every session. */
export function sessionSetupReq({ car }: Iso2Session): Request {
  return { name: "SessionSetupReq", message: { EVCCID: car.EVCCID } };
}

const serviceDiscoveryReq: Request = { name: "ServiceDiscoveryReq", message: {} };

/** ISO 15118-2, 8.4.3.2: the SECC gives the session its id. */
export const sessionSetup = state({
  name: "SessionSetup",
  next: ["ServiceDiscovery", "Terminated"],
  on: {
    SessionSetupRes({ header: { SessionID }, body }, { resume }) {
      if (SessionID.every((octet) => octet === 0)) {
        return end({ ended: "protocol error", reason: "the SECC gave the session no id" });
      }
      const joins = body.ResponseCode === "OK_OldSessionJoined";
      const joined = joins && resume && equalBytes(SessionID, resume.SessionID) ? resume : undefined;
      if (joins && !joined) {
        return end({ ended: "protocol error", reason: "the SECC goes on with a session that is not the car's" });
      }
      const how = joined ? "joined the paused session" : "wanted to join the paused session, but begins a new session";
      return {
        next: "ServiceDiscovery",
        reply: serviceDiscoveryReq,
        session: { SessionID, joined },
        effects: [{ to: "timer", timer: "established" }, ...(resume ? [decided({ step: 1, title: how })] : [])],
      };
    },
  },
});
