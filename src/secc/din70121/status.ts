/** Parts that many responses share. */
import type { DC_EVSEChargeParameter, DC_EVSEStatus, Messages } from "../../iso15118/din70121/index.ts";
import { type DcPhase, statusCode, supplyParameters } from "../dc/supply.ts";
import { secondsToStop } from "../evse.ts";
import { energyTransferModes } from "./modes.ts";
import type { DinSession } from "./protocol.ts";

const CHARGE_SERVICE = 1;

/** DIN SPEC 70121 has no word for an EVSE without isolation monitor. */
export function dcStatus({ evse, dc, now }: DinSession, phase: DcPhase): DC_EVSEStatus {
  const { isolation } = evse.dc;
  return {
    ...(isolation === "No_IMD" ? {} : { EVSEIsolationStatus: isolation }),
    EVSEStatusCode: statusCode(evse, dc, phase),
    NotificationMaxDelay: secondsToStop(evse, now),
    EVSENotification: evse.notification,
  };
}

export function chargeParameter(session: DinSession, DC_EVSEStatus: DC_EVSEStatus): DC_EVSEChargeParameter {
  return { DC_EVSEStatus, ...supplyParameters(session.evse.dc) };
}

/** The one service; name and scope are not used [V2G-DC-628], [V2G-DC-629]. */
export function chargeService({ evse }: DinSession): Messages["ServiceDiscoveryRes"]["ChargeService"] {
  const [EnergyTransferType = "DC_extended"] = energyTransferModes(evse);
  return {
    ServiceTag: { ServiceID: CHARGE_SERVICE, ServiceCategory: "EVCharging" },
    FreeService: evse.freeService,
    EnergyTransferType,
  };
}

/** One octet of zero where the EVSE has no identifier of DIN SPEC 91286. */
export function evseId({ evse }: DinSession): Uint8Array {
  return evse.evseIdDin ?? Uint8Array.of(0);
}
