/** Parts that many responses share. */
import type { AC_EVSEChargeParameter, AC_EVSEStatus, DC_EVSEStatus } from "../../iso15118/iso2/index.ts";
import { physicalValue } from "../../iso15118/physicalValue.ts";
import { type DcPhase, statusCode, supplyParameters } from "../dc/supply.ts";
import { notification } from "./notification.ts";
import type { Iso2Session } from "./protocol.ts";
import { acCurrent } from "./schedules.ts";

export function acStatus(session: Iso2Session): AC_EVSEStatus {
  return { ...notification(session), RCD: session.evse.rcd };
}

export function dcStatus(session: Iso2Session, phase: DcPhase): DC_EVSEStatus {
  const { evse, dc } = session;
  return {
    ...notification(session),
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
  return isDc(session) ? { DC_EVSEStatus: dcStatus(session, phase) } : { AC_EVSEStatus: acStatus(session) };
}

export function acChargeParameter(session: Iso2Session): { AC_EVSEChargeParameter: AC_EVSEChargeParameter } {
  const { evse } = session;
  return {
    AC_EVSEChargeParameter: {
      AC_EVSEStatus: acStatus(session),
      EVSENominalVoltage: physicalValue(evse.nominalVoltage, "V"),
      EVSEMaxCurrent: physicalValue(acCurrent(evse) ?? 0, "A"),
    },
  };
}

export function dcChargeParameter(session: Iso2Session, DC_EVSEStatus: DC_EVSEStatus) {
  return { DC_EVSEChargeParameter: { DC_EVSEStatus, ...supplyParameters(session.evse.dc) } };
}
