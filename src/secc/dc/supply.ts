/** What a DC EVSE says of itself, by the names that DIN SPEC 70121 and ISO 15118-2 have in common. */
import { physicalValue, plainValue } from "../../iso15118/physicalValue.ts";
import type { DcOutput, Evse } from "../evse.ts";
import type { EvReport, Quantity } from "./evReport.ts";
import type { DcProgress } from "./progress.ts";

/** Parts of a DC session in which the EVSE's status differs. */
export type DcPhase = "parameters" | "cableCheck" | "power" | "welding" | "refusal";

/** EVSEStatusCode: faults first, then the end, then what the phase says (IEC 61851-23, annex CC). */
export function statusCode(evse: Evse, { cableCheck, shutDown }: DcProgress, phase: DcPhase) {
  if (evse.malfunction) return evse.malfunction;
  if (cableCheck === "failed") return "EVSE_Malfunction";
  if (evse.notification === "StopCharging") return "EVSE_Shutdown";
  if (evse.shutdown) return "EVSE_EmergencyShutdown";
  if (shutDown) return "EVSE_Shutdown";
  switch (phase) {
    case "cableCheck":
      return cableCheck === "passed" ? "EVSE_Ready" : "EVSE_IsolationMonitoringActive";
    case "parameters":
    case "power":
      return "EVSE_Ready";
    default:
      return "EVSE_NotReady";
  }
}

/** Whether EV and EVSE can work together at all: no negative limit, and more than the EVSE gives at least. */
export function isCompatible(of: EvReport, { capabilities }: DcOutput): boolean {
  const plain = (value: Quantity | undefined) => (value ? plainValue(value) : 0);
  const [current, voltage, power] = [of.EVMaximumCurrentLimit, of.EVMaximumVoltageLimit, of.EVMaximumPowerLimit].map(
    plain,
  ) as [number, number, number];
  const positive = current > 0 && voltage > 0 && power >= 0;
  return positive && current > (capabilities?.minCurrent ?? 0) && voltage > (capabilities?.minVoltage ?? 0);
}

/** Which limits of the EVSE the EV's wish touches. */
export function limitsAchieved({ EVTargetVoltage, EVTargetCurrent }: EvReport, { limits: now }: DcOutput) {
  const voltage = EVTargetVoltage ? plainValue(EVTargetVoltage) : 0;
  const current = EVTargetCurrent ? plainValue(EVTargetCurrent) : 0;
  return {
    EVSECurrentLimitAchieved: now !== undefined && current >= now.current,
    EVSEVoltageLimitAchieved: now !== undefined && voltage >= now.voltage,
    EVSEPowerLimitAchieved: now !== undefined && current * voltage >= now.power,
  };
}

/** What may be drawn now, as CurrentDemandRes says it. */
export function presentLimits({ limits: now }: DcOutput) {
  if (!now) return {};
  return {
    EVSEMaximumVoltageLimit: physicalValue(now.voltage, "V"),
    EVSEMaximumCurrentLimit: physicalValue(now.current, "A"),
    EVSEMaximumPowerLimit: physicalValue(now.power, "W"),
  };
}

/** What the supply can do, as ChargeParameterDiscoveryRes says it; zeros while it is not known. */
export function supplyParameters({ capabilities, ...dc }: DcOutput) {
  const tolerance = dc.currentRegulationTolerance;
  const energy = dc.energyToBeDelivered;
  return {
    EVSEMaximumCurrentLimit: physicalValue(capabilities?.maxCurrent ?? 0, "A"),
    EVSEMaximumPowerLimit: physicalValue(capabilities?.maxPower ?? 0, "W"),
    EVSEMaximumVoltageLimit: physicalValue(capabilities?.maxVoltage ?? 0, "V"),
    EVSEMinimumCurrentLimit: physicalValue(capabilities?.minCurrent ?? 0, "A"),
    EVSEMinimumVoltageLimit: physicalValue(capabilities?.minVoltage ?? 0, "V"),
    ...(tolerance === undefined ? {} : { EVSECurrentRegulationTolerance: physicalValue(tolerance, "A") }),
    EVSEPeakCurrentRipple: physicalValue(dc.peakCurrentRipple, "A"),
    ...(energy === undefined ? {} : { EVSEEnergyToBeDelivered: physicalValue(energy, "Wh") }),
  };
}
