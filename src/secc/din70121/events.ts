import type { SessionEvent } from "../events.ts";
import { changeByCommon } from "../sessionChange.ts";
import type { DinSession } from "./protocol.ts";

/** What an event changes in a session; there are no contracts to be installed. */
export function changeBy(event: SessionEvent, session: DinSession): Partial<DinSession> {
  return event.type === "certificate_response" ? {} : changeByCommon(event, session);
}
