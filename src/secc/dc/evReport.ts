/** What DC EVs tell of themselves, by the names that DIN SPEC 70121 and ISO 15118-2 have in common. */
import type { DcEvErrorCode, DcEvMaximumLimits } from "../../interfaces/types/iso15118.ts";
import { plainValue } from "../../iso15118/physicalValue.ts";
import { isoTime } from "../../util/clock.ts";
import { type ChargerEffect, publish } from "../effects.ts";
import type { DcProgress } from "./progress.ts";

/** A number of DIN SPEC 70121 or ISO 15118-2. */
export type Quantity = Parameters<typeof plainValue>[0];

interface EvStatus {
  readonly EVReady: boolean;
  readonly EVErrorCode: DcEvErrorCode;
  readonly EVRESSSOC: number;
  readonly EVCabinConditioning?: boolean;
  readonly EVRESSConditioning?: boolean;
}

/** Whatever EVs tell in one DC message or another. */
export interface EvReport {
  readonly DC_EVStatus?: EvStatus;
  readonly EVMaximumCurrentLimit?: Quantity;
  readonly EVMaximumPowerLimit?: Quantity;
  readonly EVMaximumVoltageLimit?: Quantity;
  readonly EVEnergyCapacity?: Quantity;
  readonly EVEnergyRequest?: Quantity;
  readonly FullSOC?: number;
  readonly BulkSOC?: number;
  readonly EVTargetVoltage?: Quantity;
  readonly EVTargetCurrent?: Quantity;
  readonly ChargingComplete?: boolean;
  readonly BulkChargingComplete?: boolean;
  readonly RemainingTimeToFullSoC?: Quantity;
  readonly RemainingTimeToBulkSoC?: Quantity;
}

/** What the interface ISO15118_charger takes at most. */
const most = { voltage: 1500, current: 10_000, power: 350_000, energy: 200_000, seconds: 10 * 365 * 86_400 } as const;

function within(value: Quantity, limit: number): number {
  return Math.min(Math.max(plainValue(value), 0), limit);
}

/** A variable to publish, and the text by which one sees whether it has changed. */
interface News {
  readonly effect: ChargerEffect;
  readonly text: string;
}

function news(effect: ChargerEffect, text = JSON.stringify(effect.value)): News {
  return { effect, text };
}

function status({ DC_EVStatus: of }: EvReport): readonly News[] {
  if (!of) return [];
  const value = {
    dc_ev_ready: of.EVReady,
    dc_ev_error_code: of.EVErrorCode,
    dc_ev_ress_soc: Math.min(of.EVRESSSOC, 100),
    ...(of.EVCabinConditioning === undefined ? {} : { dc_ev_cabin_conditioning: of.EVCabinConditioning }),
    ...(of.EVRESSConditioning === undefined ? {} : { dc_ev_ress_conditioning: of.EVRESSConditioning }),
  };
  return [news(publish("dc_ev_status", value))];
}

/** An EV that leaves a limit out has not withdrawn it. */
function limits(of: EvReport, known: DcEvMaximumLimits): DcEvMaximumLimits {
  const { EVMaximumCurrentLimit: current, EVMaximumPowerLimit: power, EVMaximumVoltageLimit: voltage } = of;
  return {
    ...known,
    ...(current ? { dc_ev_maximum_current_limit: within(current, most.current) } : {}),
    ...(power ? { dc_ev_maximum_power_limit: within(power, most.power) } : {}),
    ...(voltage ? { dc_ev_maximum_voltage_limit: within(voltage, most.voltage) } : {}),
  };
}

/** A negative current is one that a charger cannot give: none. */
function target({ EVTargetVoltage: voltage, EVTargetCurrent: current }: EvReport): readonly News[] {
  if (!voltage || !current) return [];
  const value = {
    dc_ev_target_voltage: within(voltage, most.voltage),
    dc_ev_target_current: within(current, most.current),
  };
  return [news(publish("dc_ev_target_voltage_current", value))];
}

/** Told anew when the EV names other durations, not because time passes. */
function remaining(of: EvReport, now: number): readonly News[] {
  const { RemainingTimeToFullSoC: full, RemainingTimeToBulkSoC: bulk } = of;
  if (!full && !bulk) return [];
  const at = (duration: Quantity) => isoTime(now + within(duration, most.seconds) * 1000);
  const value = {
    ...(full ? { ev_remaining_time_to_full_soc: at(full) } : {}),
    ...(bulk ? { ev_remaining_time_to_full_bulk_soc: at(bulk) } : {}),
  };
  const text = JSON.stringify([full && plainValue(full), bulk && plainValue(bulk)]);
  return [news(publish("dc_ev_remaining_time", value), text)];
}

function completion({ ChargingComplete, BulkChargingComplete }: EvReport): readonly News[] {
  return [
    ...(ChargingComplete === undefined ? [] : [news(publish("dc_charging_complete", ChargingComplete))]),
    ...(BulkChargingComplete === undefined ? [] : [news(publish("dc_bulk_charging_complete", BulkChargingComplete))]),
  ];
}

function battery({ EVEnergyCapacity, EVEnergyRequest, FullSOC, BulkSOC }: EvReport): readonly News[] {
  return [
    ...(EVEnergyCapacity ? [news(publish("dc_ev_energy_capacity", within(EVEnergyCapacity, most.energy)))] : []),
    ...(EVEnergyRequest ? [news(publish("dc_ev_energy_request", within(EVEnergyRequest, most.energy)))] : []),
    ...(FullSOC === undefined ? [] : [news(publish("dc_full_soc", Math.min(FullSOC, 100)))]),
    ...(BulkSOC === undefined ? [] : [news(publish("dc_bulk_soc", Math.min(BulkSOC, 100)))]),
  ];
}

/** What is new in the EV's words, for the EVSE's manager. @param now milliseconds since 1970 */
export function report(dc: DcProgress, of: EvReport, now: number): { dc: DcProgress; effects: ChargerEffect[] } {
  const evLimits = limits(of, dc.evLimits);
  const all = [
    ...battery(of),
    ...(Object.keys(evLimits).length > 0 ? [news(publish("dc_ev_maximum_limits", evLimits))] : []),
    ...completion(of),
    ...status(of),
    ...target(of),
    ...remaining(of, now),
  ];
  const changed = all.filter(({ effect, text }) => dc.heard[effect.name] !== text);
  if (changed.length === 0) return { dc, effects: [] };
  const heard = { ...dc.heard, ...Object.fromEntries(changed.map(({ effect, text }) => [effect.name, text])) };
  return { dc: { ...dc, evLimits, heard }, effects: changed.map(({ effect }) => effect) };
}

/** What CSMSs are told of a DC EV (OCPP 2.0.1, DCChargingParametersType). */
export function chargingNeeds(of: EvReport) {
  const { EVMaximumCurrentLimit, EVMaximumPowerLimit, EVMaximumVoltageLimit, EVEnergyCapacity, EVEnergyRequest } = of;
  return {
    ev_max_current: EVMaximumCurrentLimit ? within(EVMaximumCurrentLimit, most.current) : 0,
    ev_max_voltage: EVMaximumVoltageLimit ? within(EVMaximumVoltageLimit, most.voltage) : 0,
    ...(EVMaximumPowerLimit ? { ev_max_power: within(EVMaximumPowerLimit, most.power) } : {}),
    ...(EVEnergyCapacity ? { ev_energy_capacity: within(EVEnergyCapacity, most.energy) } : {}),
    ...(EVEnergyRequest ? { energy_amount: within(EVEnergyRequest, most.energy) } : {}),
    ...(of.FullSOC === undefined ? {} : { full_soc: of.FullSOC }),
    ...(of.BulkSOC === undefined ? {} : { bulk_soc: of.BulkSOC }),
    ...(of.DC_EVStatus ? { state_of_charge: of.DC_EVStatus.EVRESSSOC } : {}),
  };
}
