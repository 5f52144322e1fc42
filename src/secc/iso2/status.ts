/** Parts that many responses share. */
import type { AC_EVSEChargeParameter, AC_EVSEStatus, DC_EVSEStatus } from "../../iso15118/iso2/index.ts";
import { physicalValue } from "../../iso15118/physicalValue.ts";
import { type DcPhase, statusCode, supplyParameters } from "../dc/supply.ts";
import type { Evse } from "../evse.ts";
import type { Iso2Session } from "./protocol.ts";

/** Seconds that the EV has to do what it is asked to. */
const NOTIFICATION_MAX_DELAY = 0;

export function acStatus({ notification, rcd }: Evse): AC_EVSEStatus {
  return { NotificationMaxDelay: NOTIFICATION_MAX_DELAY, EVSENotification: notification, RCD: rcd };
}

export function dcStatus({ evse, dc }: Iso2Session, phase: DcPhase): DC_EVSEStatus {
  return {
    NotificationMaxDelay: NOTIFICATION_MAX_DELAY,
    EVSENotification: evse.notification,
    EVSEIsolationStatus: evse.dc.isolation,
    EVSEStatusCode: statusCode(evse, dc, phase),
  };
}

/** Whether the EV charges with direct current, or, before it has said so, whether the EVSE can nothing else. */
export function isDc({ energyTransferMode, evse }: Iso2Session): boolean {
  if (energyTransferMode !== undefined) return energyTransferMode.startsWith("DC");
  return evse.energyTransferModes.every((mode) => mode.startsWith("DC"));
}

/** The status of the kind of charging that the EV has asked for. */
export function evseStatus(
  session: Iso2Session,
  phase: DcPhase = "power",
): { AC_EVSEStatus: AC_EVSEStatus } | { DC_EVSEStatus: DC_EVSEStatus } {
  return isDc(session) ? { DC_EVSEStatus: dcStatus(session, phase) } : { AC_EVSEStatus: acStatus(session.evse) };
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

export function dcChargeParameter(session: Iso2Session, DC_EVSEStatus: DC_EVSEStatus) {
  return { DC_EVSEChargeParameter: { DC_EVSEStatus, ...supplyParameters(session.evse.dc) } };
}

/** What can be promised on each phase, in ampere; undefined until the EVSE has said so. */
export function acCurrent({ nominalCurrent, currentLimit }: Evse): number | undefined {
  return nominalCurrent ?? currentLimit;
}
