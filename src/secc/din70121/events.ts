import { authorized, timedOut } from "../authorization.ts";
import { cableChecked } from "../dc/progress.ts";
import type { SessionEvent } from "../events.ts";
import type { DinSession } from "./protocol.ts";

/** What an event changes in a session. What comes too late or was never asked for changes nothing. */
export function changeBy(event: SessionEvent, session: DinSession): Partial<DinSession> {
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
      return {};
  }
}
