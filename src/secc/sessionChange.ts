/** What an event changes in a session, whatever it speaks. What comes too late or was never asked for changes nothing. */
import { type Authorization, authorized, timedOut } from "./authorization.ts";
import { cableChecked, type DcProgress } from "./dc/progress.ts";
import type { SessionEvent } from "./events.ts";
import type { Evse } from "./evse.ts";

interface Changeable {
  readonly evse: Evse;
  readonly authorization: Authorization;
  readonly dc: DcProgress;
}

/** Contract certificates are for those protocols that know them. */
export type CommonEvent = Exclude<SessionEvent, { readonly type: "certificate_response" }>;

export function changeByCommon(event: CommonEvent, { authorization, dc }: Changeable): Partial<Changeable> {
  switch (event.type) {
    case "evse":
      return { evse: event.evse };
    case "authorization_response":
      return { authorization: authorized(event, authorization) };
    case "authorization_timeout":
      return { authorization: timedOut(authorization) };
    case "cable_check_finished":
      return { dc: cableChecked(dc, event.passed) };
  }
}
