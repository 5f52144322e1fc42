/** What the EV is asked to do, as every status says it (ISO 15118-2, 8.5.3.1 and 8.5.4.1). */
import type { AC_EVSEStatus } from "../../iso15118/iso2/index.ts";
import { secondsToStop } from "../evse.ts";
import type { Iso2Session } from "./protocol.ts";
import { agreedPower, offeredPower } from "./schedules.ts";

type Notification = Pick<AC_EVSEStatus, "EVSENotification" | "NotificationMaxDelay">;

/** More power than agreed on by this much is worth another schedule, and after this time; less always is. */
const WORTH = 1.1;
const SETTLED_MS = 60_000;
/** Values on the wire are rounded. */
const ROUNDED = 0.99;

export function notification(session: Iso2Session): Notification {
  const { evse, now } = session;
  if (evse.notification === "StopCharging") {
    return { NotificationMaxDelay: secondsToStop(evse, now), EVSENotification: "StopCharging" };
  }
  return { NotificationMaxDelay: 0, EVSENotification: renegotiationDue(session) ? "ReNegotiation" : "None" };
}

/** Somebody wants it, or what was agreed on is not what can be given any more. */
function renegotiationDue(session: Iso2Session): boolean {
  const agreed = session.powered ? agreedPower(session) : undefined;
  if (agreed === undefined) return false;
  if (session.scheduleWishes < session.evse.scheduleWishes) return true;
  const offered = hearsLimits(session) ? undefined : offeredPower(session);
  if (offered === undefined) return false;
  const settled = session.now - session.scheduledAt >= SETTLED_MS;
  return offered < agreed * ROUNDED || (settled && offered > agreed * WORTH);
}

/** Whoever charges with direct current or pays externally is told of every limit in the charge loop. */
function hearsLimits({ selected, energyTransferMode }: Iso2Session): boolean {
  return selected?.payment !== "Contract" || energyTransferMode?.startsWith("DC") === true;
}
