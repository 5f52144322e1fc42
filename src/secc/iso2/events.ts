import type { SessionEvent } from "../events.ts";
import { changeByCommon } from "../sessionChange.ts";
import { isAnswerTo } from "./contractCertificate.ts";
import type { Iso2Session } from "./protocol.ts";

/** What an event changes in a session. */
export function changeBy(event: SessionEvent, session: Iso2Session): Partial<Iso2Session> {
  return event.type === "certificate_response" ? certificateAnswer(event, session) : changeByCommon(event, session);
}

/** One that may be the answer to another car's request counts only when it names this session. */
function certificateAnswer(
  { exi, doubtful }: Extract<SessionEvent, { type: "certificate_response" }>,
  session: Iso2Session,
): Partial<Iso2Session> {
  if (doubtful && !(exi && isAnswerTo(session, exi))) return {};
  return { certificateAnswer: exi ? { status: "Accepted", exi } : { status: "Failed" } };
}
