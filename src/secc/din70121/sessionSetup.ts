/** DIN SPEC 70121, 9.4.1.2: a session is set up. There are none to be joined, as there is no pause. */
import { ask } from "../../fsm/state.ts";
import { evccIdEffects } from "../evccId.ts";
import { type DinPorts, type DinSession, type Request, state } from "./protocol.ts";
import { evseId } from "./status.ts";

const SESSION_ID_LENGTH = 8;

async function gather(_request: Request<"SessionSetupReq">, _session: DinSession, ports: DinPorts) {
  return ports.random(SESSION_ID_LENGTH);
}

function decide({ body: { EVCCID } }: Request<"SessionSetupReq">, session: DinSession, sessionId: Uint8Array) {
  return {
    reply: {
      name: "SessionSetupRes",
      message: {
        ResponseCode: "OK_NewSessionEstablished",
        EVSEID: evseId(session),
        DateTimeNow: Math.floor(session.now / 1000),
      },
    },
    session: { sessionId },
    effects: evccIdEffects(EVCCID),
    next: "ServiceDiscovery",
  } as const;
}

export const sessionSetup = state({
  name: "SessionSetup",
  next: ["ServiceDiscovery", "Terminated"],
  on: { SessionSetupReq: ask(gather, decide) },
});
