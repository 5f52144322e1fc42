/** What a DC output may give: the supply, the car and the energy tree each have a say. Pure. */
import type {
  DcEvMaximumLimits,
  DcEvseMaximumLimits,
  DcEvseMinimumLimits,
} from "../../../interfaces/types/iso15118.ts";
import type { Capabilities } from "../../../interfaces/types/power_supply_DC.ts";
import type { DcState, Point } from "./model.ts";

/** Volt from which on a measurement says something. */
const MEASURABLE = 10;

const least = (...values: readonly (number | undefined)[]) =>
  Math.min(...values.filter((value) => value !== undefined));

type Knows = Pick<DcState, "capabilities" | "derating" | "grant" | "evLimits" | "target" | "present">;

/** The supply as it is now, after what it is told from outside to hold back. */
export function derated(capabilities: Capabilities, { derating }: Pick<Knows, "derating">): Capabilities {
  const { max_export_current_A, max_export_power_W } = derating;
  return {
    ...capabilities,
    max_export_current_A: Math.max(0, least(capabilities.max_export_current_A, max_export_current_A)),
    max_export_power_W: Math.max(0, least(capabilities.max_export_power_W, max_export_power_W)),
  };
}

/** Watt at the output that the energy tree grants: what it grants on its side, less what the supply loses. */
function grantedWatt({ grant }: Knows, { conversion_efficiency_export = 1 }: Capabilities, now: number): number {
  return now < grant.validUntil ? Math.max(0, grant.watt) * conversion_efficiency_export : 0;
}

/** The voltage by which watt become ampere: what there is, else what is asked for. */
function reckonedVoltage({ present, target }: Knows): number | undefined {
  if (present.voltage > MEASURABLE) return present.voltage;
  return target.voltage > MEASURABLE ? target.voltage : undefined;
}

/** What the car may be told to be possible now; undefined before the supply has spoken. */
export function presentLimits(
  state: Knows,
  now: number,
): { readonly maximum: DcEvseMaximumLimits; readonly minimum: DcEvseMinimumLimits } | undefined {
  if (!state.capabilities) return undefined;
  const supply = derated(state.capabilities, state);
  const watt = Math.min(grantedWatt(state, supply, now), supply.max_export_power_W);
  const volt = reckonedVoltage(state);
  const ampere = volt === undefined ? supply.max_export_current_A : Math.min(watt / volt, supply.max_export_current_A);
  return {
    maximum: {
      evse_maximum_current_limit: watt > 0 ? tenths(ampere) : 0,
      evse_maximum_power_limit: Math.floor(watt),
      evse_maximum_voltage_limit: supply.max_export_voltage_V,
    },
    minimum: {
      evse_minimum_current_limit: supply.min_export_current_A,
      evse_minimum_voltage_limit: supply.min_export_voltage_V,
      evse_minimum_power_limit: supply.min_export_voltage_V * supply.min_export_current_A,
    },
  };
}

/** Downwards, so that no rounding lifts a limit. */
const tenths = (value: number) => Math.floor(value * 10) / 10;
const hundredths = (value: number) => Math.floor(value * 100) / 100;

/**
 * What the supply is to give for the car's target: never more than any limit, also where the car asks for more.
 * Undefined where the supply cannot: it is off then.
 * @param most ampere beside all other limits, as by the ramp or before the car's contactor is closed
 */
export function setpoint(state: Knows, most: number, now: number): Point | undefined {
  const { capabilities, evLimits, target } = state;
  if (!capabilities) return undefined;
  const supply = derated(capabilities, state);
  const voltage = least(target.voltage, evLimits.dc_ev_maximum_voltage_limit, supply.max_export_voltage_V);
  if (voltage <= 0 || voltage < supply.min_export_voltage_V) return undefined;
  const watt = least(grantedWatt(state, supply, now), supply.max_export_power_W, evLimits.dc_ev_maximum_power_limit);
  const byPower = watt / powerVoltage(state, voltage);
  const ampere = least(
    target.current,
    most,
    byPower,
    evLimits.dc_ev_maximum_current_limit,
    supply.max_export_current_A,
  );
  return { voltage, current: Math.max(0, hundredths(ampere)) };
}

/** A battery pulls the output down to its own voltage, so power is reckoned by what is measured. */
function powerVoltage({ present }: Knows, voltage: number): number {
  return present.voltage > MEASURABLE ? present.voltage : voltage;
}

/** As {@link setpoint} for the check of the insulation, when no car draws; undefined where the supply cannot. */
export function checkPoint(state: Knows, voltage: number, current: number): Point | undefined {
  if (!state.capabilities) return undefined;
  const supply = derated(state.capabilities, state);
  if (voltage < supply.min_export_voltage_V || voltage > supply.max_export_voltage_V) return undefined;
  return { voltage, current: Math.min(current, supply.max_export_current_A) };
}

/** Of a car that has not told its own. */
const USUAL_EV_VOLTAGE = 500;

export function evMaxVoltage({ dc_ev_maximum_voltage_limit }: DcEvMaximumLimits): number {
  return dc_ev_maximum_voltage_limit ?? USUAL_EV_VOLTAGE;
}

/** Volt of the insulation check, IEC 61851-23:2023, CC.4.1.2. */
export function isolationVoltage(evMost: number, supplyMost: number): number {
  return evMost <= USUAL_EV_VOLTAGE ? Math.min(500, evMost + 50, supplyMost) : Math.min(1.1 * evMost, supplyMost);
}

/** Volt at which an output is switched off at once, IEC 61851-23:2023, 6.3.1.106.2, Table 103. */
export function emergencyVoltage(evMost: number, supplyMost: number): number {
  const negotiated = Math.min(evMost, supplyMost);
  if (negotiated > 1000) return 1375;
  if (negotiated > 850) return 1100;
  if (negotiated > 750) return 935;
  return negotiated > 500 ? 825 : 550;
}
