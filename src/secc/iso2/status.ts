/** Parts that many responses share. */
import type { AC_EVSEChargeParameter, AC_EVSEStatus, DC_EVSEStatus } from "../../iso15118/iso2/index.ts";
import { physicalValue } from "../../iso15118/physicalValue.ts";
import type { Evse } from "../evse.ts";
import type { Iso2Session } from "./protocol.ts";

/** Seconds that the EV has to do what it is asked to. */
const NOTIFICATION_MAX_DELAY = 0;

export function acStatus({ notification, rcd }: Evse): AC_EVSEStatus {
  return { NotificationMaxDelay: NOTIFICATION_MAX_DELAY, EVSENotification: notification, RCD: rcd };
}

export function dcStatus({ notification, malfunction }: Evse): DC_EVSEStatus {
  const stopped = notification === "StopCharging" ? "EVSE_Shutdown" : "EVSE_NotReady";
  return {
    NotificationMaxDelay: NOTIFICATION_MAX_DELAY,
    EVSENotification: notification,
    EVSEStatusCode: malfunction ?? stopped,
  };
}

/** The status of the kind of charging that the EV has asked for; AC before it has. */
export function evseStatus(session: Iso2Session): { AC_EVSEStatus: AC_EVSEStatus } | { DC_EVSEStatus: DC_EVSEStatus } {
  const isDc = session.energyTransferMode?.startsWith("DC") ?? false;
  return isDc ? { DC_EVSEStatus: dcStatus(session.evse) } : { AC_EVSEStatus: acStatus(session.evse) };
}

export function acChargeParameter(evse: Evse): { AC_EVSEChargeParameter: AC_EVSEChargeParameter } {
  return {
    AC_EVSEChargeParameter: {
      AC_EVSEStatus: acStatus(evse),
      EVSENominalVoltage: physicalValue(evse.nominalVoltage, "V"),
      EVSEMaxCurrent: physicalValue(acCurrent(evse) ?? 0, "A"),
    },
  };
}

/** What can be promised on each phase, in ampere; undefined until the EVSE has said so. */
export function acCurrent({ nominalCurrent, currentLimit }: Evse): number | undefined {
  return nominalCurrent ?? currentLimit;
}
