/** ISO 15118-2, 8.4.3.2: a session is set up, or a paused one joined. */
import { ask } from "../../fsm/state.ts";
import { equalBytes } from "../../util/bytes.ts";
import { evccIdEffects } from "../evccId.ts";
import { type Iso2Ports, type Iso2Session, type PausedSession, type Request, state } from "./protocol.ts";

const SESSION_ID_LENGTH = 8;

async function gather(_request: Request<"SessionSetupReq">, _session: Iso2Session, ports: Iso2Ports) {
  return { fresh: ports.random(SESSION_ID_LENGTH), now: ports.now() };
}

function decide(request: Request<"SessionSetupReq">, session: Iso2Session, facts: Awaited<ReturnType<typeof gather>>) {
  const { EVCCID } = request.body;
  const joined = session.paused !== undefined && mayJoin(session.paused, request, session);
  const sessionId = joined && session.paused ? session.paused.sessionId : facts.fresh;
  return {
    reply: {
      name: "SessionSetupRes",
      message: {
        ResponseCode: joined ? "OK_OldSessionJoined" : "OK_NewSessionEstablished",
        EVSEID: session.evse.evseId,
        EVSETimeStamp: Math.floor(facts.now / 1000),
      },
    },
    session: { sessionId, EVCCID, joined },
    effects: evccIdEffects(EVCCID),
    next: "ServiceDiscovery",
  } as const;
}

/**
 * Whoever knows the id of the paused session and is the same EV may go on with it; all others begin anew [V2G2-756]. The
 * id is no secret on a connection without TLS, so a session that had TLS is joined by TLS only.
 */
function mayJoin(
  paused: PausedSession,
  { header, body }: Request<"SessionSetupReq">,
  { secured }: Iso2Session,
): boolean {
  const sameEv = equalBytes(header.SessionID, paused.sessionId) && equalBytes(body.EVCCID, paused.EVCCID);
  return sameEv && (secured || !paused.secured);
}

export const sessionSetup = state({
  name: "SessionSetup",
  next: ["ServiceDiscovery", "Terminated"],
  on: { SessionSetupReq: ask(gather, decide) },
});
