/**
 * Requests of DC charging, as the car fills them in; DIN SPEC 70121 (9.4.2, 9.5.3) and ISO 15118-2 (8.4.5, 8.5.4) have them
 * in common.
 */
import type { DC_EVStatus, Messages } from "../../iso15118/iso2/index.ts";
import { physicalValue } from "../../iso15118/physicalValue.ts";
import type { DcNeeds } from "../car.ts";
import { type Point, secondsTo } from "./battery.ts";
import { type DcState, demand, isComplete, preChargeDemand } from "./charging.ts";

type DC_EVChargeParameter = NonNullable<Messages["ChargeParameterDiscoveryReq"]["DC_EVChargeParameter"]>;
type DC_EVPowerDeliveryParameter = NonNullable<Messages["PowerDeliveryReq"]["DC_EVPowerDeliveryParameter"]>;

/** Before the cable check and after charging the car has its contactor open. */
function status({ error, soc }: DcState, EVReady: boolean): DC_EVStatus {
  return { EVReady, EVErrorCode: error, EVRESSSOC: Math.floor(soc) };
}

export function dcChargeParameter(dc: DcState, needs: DcNeeds): Omit<DC_EVChargeParameter, "DepartureTime"> {
  const rest = Math.max(0, (needs.fullSoc - dc.soc) / 100) * needs.capacity;
  return {
    DC_EVStatus: status(dc, false),
    EVMaximumCurrentLimit: physicalValue(needs.maxCurrent, "A"),
    EVMaximumPowerLimit: physicalValue(needs.maxPower, "W"),
    EVMaximumVoltageLimit: physicalValue(needs.maxVoltage, "V"),
    EVEnergyCapacity: physicalValue(needs.capacity, "Wh"),
    EVEnergyRequest: physicalValue(Math.round(rest), "Wh"),
    FullSOC: needs.fullSoc,
    BulkSOC: needs.bulkSoc,
  };
}

export function cableCheckReq(dc: DcState) {
  return { name: "CableCheckReq", message: { DC_EVStatus: status(dc, true) } } as const;
}

export function preChargeReq(dc: DcState, needs: DcNeeds) {
  const message = { DC_EVStatus: status(dc, true), ...targets(preChargeDemand(needs, dc)) };
  return { name: "PreChargeReq", message } as const;
}

/** With PowerDeliveryReq: whether the car is ready, and whether it has enough. */
export function dcPowerDelivery(dc: DcState, needs: DcNeeds, ready: boolean): DC_EVPowerDeliveryParameter {
  return {
    DC_EVStatus: status(dc, ready),
    BulkChargingComplete: dc.soc >= needs.bulkSoc,
    ChargingComplete: isComplete(needs, dc),
  };
}

export function currentDemandReq(dc: DcState, needs: DcNeeds) {
  const point = demand(needs, dc);
  const message: Messages["CurrentDemandReq"] = {
    DC_EVStatus: status(dc, true),
    ...targets(point),
    EVMaximumVoltageLimit: physicalValue(needs.maxVoltage, "V"),
    EVMaximumCurrentLimit: physicalValue(needs.maxCurrent, "A"),
    EVMaximumPowerLimit: physicalValue(needs.maxPower, "W"),
    BulkChargingComplete: dc.soc >= needs.bulkSoc,
    ChargingComplete: isComplete(needs, dc),
    ...remaining("RemainingTimeToFullSoC", secondsTo(needs.fullSoc, dc.soc, needs, point)),
    ...remaining("RemainingTimeToBulkSoC", secondsTo(needs.bulkSoc, dc.soc, needs, point)),
  };
  return { name: "CurrentDemandReq", message } as const;
}

export function weldingDetectionReq(dc: DcState) {
  return { name: "WeldingDetectionReq", message: { DC_EVStatus: status(dc, false) } } as const;
}

function targets({ voltage, current }: Point) {
  return { EVTargetVoltage: physicalValue(voltage, "V"), EVTargetCurrent: physicalValue(current, "A") };
}

/** A month: beyond it no car knows. */
const MOST_SECONDS = 30 * 86_400;

function remaining(name: "RemainingTimeToFullSoC" | "RemainingTimeToBulkSoC", seconds: number | undefined) {
  return seconds === undefined || seconds > MOST_SECONDS ? {} : { [name]: physicalValue(seconds, "s") };
}
