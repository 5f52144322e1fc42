/** Requests of DC charging, as the car fills them in (ISO 15118-2, 8.4.5 and 8.5.4). */
import type { DC_EVStatus, Messages } from "../../iso15118/iso2/index.ts";
import { physicalValue } from "../../iso15118/physicalValue.ts";
import type { DcNeeds } from "../car.ts";
import { type Point, secondsTo } from "../dc/battery.ts";
import { demand, isComplete, preChargeDemand } from "../dc/charging.ts";
import type { Iso2Session, Request } from "./protocol.ts";

type DC_EVChargeParameter = NonNullable<Messages["ChargeParameterDiscoveryReq"]["DC_EVChargeParameter"]>;
type DC_EVPowerDeliveryParameter = NonNullable<Messages["PowerDeliveryReq"]["DC_EVPowerDeliveryParameter"]>;

/** Before the cable check and after charging the car has its contactor open. */
function status({ dc }: Iso2Session, EVReady: boolean): DC_EVStatus {
  return { EVReady, EVErrorCode: dc.error, EVRESSSOC: Math.floor(dc.soc) };
}

export function dcChargeParameter(session: Iso2Session, needs: DcNeeds): DC_EVChargeParameter {
  const { departureTime } = session.car;
  const rest = Math.max(0, (needs.fullSoc - session.dc.soc) / 100) * needs.capacity;
  return {
    ...(departureTime !== undefined && { DepartureTime: departureTime }),
    DC_EVStatus: status(session, false),
    EVMaximumCurrentLimit: physicalValue(needs.maxCurrent, "A"),
    EVMaximumPowerLimit: physicalValue(needs.maxPower, "W"),
    EVMaximumVoltageLimit: physicalValue(needs.maxVoltage, "V"),
    EVEnergyCapacity: physicalValue(needs.capacity, "Wh"),
    EVEnergyRequest: physicalValue(Math.round(rest), "Wh"),
    FullSOC: needs.fullSoc,
    BulkSOC: needs.bulkSoc,
  };
}

export function cableCheckReq(session: Iso2Session): Request {
  return { name: "CableCheckReq", message: { DC_EVStatus: status(session, true) } };
}

export function preChargeReq(session: Iso2Session, needs: DcNeeds): Request {
  const message = { DC_EVStatus: status(session, true), ...targets(preChargeDemand(needs, session.dc)) };
  return { name: "PreChargeReq", message };
}

/** With PowerDeliveryReq: whether the car is ready, and whether it has enough. */
export function dcPowerDelivery(session: Iso2Session, needs: DcNeeds, ready: boolean): DC_EVPowerDeliveryParameter {
  return {
    DC_EVStatus: status(session, ready),
    BulkChargingComplete: session.dc.soc >= needs.bulkSoc,
    ChargingComplete: isComplete(needs, session.dc),
  };
}

export function currentDemandReq(session: Iso2Session, needs: DcNeeds): Request {
  const { dc } = session;
  const point = demand(needs, dc);
  const message: Messages["CurrentDemandReq"] = {
    DC_EVStatus: status(session, true),
    ...targets(point),
    EVMaximumVoltageLimit: physicalValue(needs.maxVoltage, "V"),
    EVMaximumCurrentLimit: physicalValue(needs.maxCurrent, "A"),
    EVMaximumPowerLimit: physicalValue(needs.maxPower, "W"),
    BulkChargingComplete: dc.soc >= needs.bulkSoc,
    ChargingComplete: isComplete(needs, dc),
    ...remaining("RemainingTimeToFullSoC", secondsTo(needs.fullSoc, dc.soc, needs, point)),
    ...remaining("RemainingTimeToBulkSoC", secondsTo(needs.bulkSoc, dc.soc, needs, point)),
  };
  return { name: "CurrentDemandReq", message };
}

export function weldingDetectionReq(session: Iso2Session): Request {
  return { name: "WeldingDetectionReq", message: { DC_EVStatus: status(session, false) } };
}

function targets({ voltage, current }: Point) {
  return { EVTargetVoltage: physicalValue(voltage, "V"), EVTargetCurrent: physicalValue(current, "A") };
}

/** A month: beyond it no car knows. */
const MOST_SECONDS = 30 * 86_400;

function remaining(name: "RemainingTimeToFullSoC" | "RemainingTimeToBulkSoC", seconds: number | undefined) {
  return seconds === undefined || seconds > MOST_SECONDS ? {} : { [name]: physicalValue(seconds, "s") };
}
