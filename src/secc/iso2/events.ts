import { authorized, timedOut } from "../authorization.ts";
import { cableChecked } from "../dc/progress.ts";
import type { SessionEvent } from "../events.ts";
import { isAnswerTo } from "./contractCertificate.ts";
import type { Iso2Session } from "./protocol.ts";

/** What an event changes in a session. What comes too late or was never asked for changes nothing. */
export function changeBy(event: SessionEvent, session: Iso2Session): Partial<Iso2Session> {
  switch (event.type) {
    case "evse":
      return { evse: event.evse };
    case "authorization_response":
      return { authorization: authorized(event, session.authorization) };
    case "authorization_timeout":
      return { authorization: timedOut(session.authorization) };
    case "cable_check_finished":
      return { dc: cableChecked(session.dc, event.passed) };
    case "certificate_response":
      return certificateAnswer(event, session);
  }
}

/** One that may be the answer to another car's request counts only when it names this session. */
function certificateAnswer(
  { exi, doubtful }: Extract<SessionEvent, { type: "certificate_response" }>,
  session: Iso2Session,
): Partial<Iso2Session> {
  if (doubtful && !(exi && isAnswerTo(session, exi))) return {};
  return { certificateAnswer: exi ? { status: "Accepted", exi } : { status: "Failed" } };
}
