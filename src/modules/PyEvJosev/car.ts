/** The car of a session, from the module's configuration and the order to charge. */
import type { Car, Contract, DcNeeds, EnergyTransferMode, PaymentOption } from "../../evcc/index.ts";
import type { DcEvParameters } from "../../interfaces/types/iso15118.ts";
import type { Link } from "../../transport/interfaces.ts";
import type { Config } from "./manifest.ts";

/** Order to charge, as `start_charging` gives it. Though the interface speaks of kWh, EVerest's callers mean Wh. */
export interface Order {
  readonly EnergyTransferMode: string;
  readonly SelectedPaymentOption: {
    readonly payment_option?: PaymentOption;
    readonly enforce_payment_option?: boolean;
  };
  /** Seconds from now. */
  readonly DepartureTime: number;
  /** Wh. */
  readonly EAmount: number;
}

/** What this simulated car can take on AC, per phase; EVerest's car has the same. */
const LIMITS = { voltage: 400, maxCurrent: 32, minCurrent: 10 } as const;
/** For an interface without MAC address, as loopback; locally administered. */
const NO_MAC = Uint8Array.of(0x02, 0, 0, 0, 0, 0x01);
/** Milliseconds; with simulated delays switched off the car still does not pester the station. */
const PACE = {
  ongoing: { real: 250, least: 20 },
  loop: { real: 1000, least: 100 },
  dcLoop: { real: 200, least: 50 },
} as const;

/** Modes of ISO 15118-2. */
const modes: readonly string[] = [
  "AC_single_phase_core",
  "AC_three_phase_core",
  "DC_core",
  "DC_extended",
  "DC_combo_core",
  "DC_unique",
] satisfies EnergyTransferMode[];

export function isSupported(mode: string): mode is EnergyTransferMode {
  return modes.includes(mode);
}

/** A battery before anybody has said what it is like; EVerest's car has the same. */
export const usualBattery: DcNeeds = {
  capacity: 60_000,
  soc: 30,
  fullSoc: 100,
  bulkSoc: 80,
  maxVoltage: 900,
  maxCurrent: 300,
  maxPower: 150_000,
  targetVoltage: 200,
  targetCurrent: 5,
};

/** The battery with what `set_dc_params` says of it. */
export function changedBattery(before: DcNeeds, of: DcEvParameters): DcNeeds {
  return {
    ...before,
    capacity: of.energy_capacity ?? before.capacity,
    maxVoltage: of.max_voltage_limit ?? before.maxVoltage,
    maxCurrent: of.max_current_limit ?? before.maxCurrent,
    maxPower: of.max_power_limit ?? before.maxPower,
    targetVoltage: of.target_voltage ?? before.targetVoltage,
    targetCurrent: of.target_current ?? before.targetCurrent,
  };
}

/** What the module knows of the car beside the order. */
export interface CarState {
  readonly contract: Contract | undefined;
  readonly battery: DcNeeds;
}

export function carFor(
  order: Order & { readonly EnergyTransferMode: EnergyTransferMode },
  config: Config,
  { mac }: Link,
  { contract, battery }: CarState,
  delayFactor: number,
): Car {
  const dc = order.EnergyTransferMode.startsWith("DC");
  const { payment_option, enforce_payment_option = false } = order.SelectedPaymentOption;
  return {
    EVCCID: mac.some((octet) => octet !== 0) ? mac : NO_MAC,
    mode: order.EnergyTransferMode,
    payment: { enforced: enforce_payment_option, ...(payment_option && { option: payment_option }) },
    ...(contract && { contract }),
    ...(dc && { dc: battery }),
    limits: LIMITS,
    departureTime: Math.max(0, Math.round(order.DepartureTime)),
    energyAmount: Math.max(0, order.EAmount),
    services: {
      internet: config.is_internet_service_needed,
      allDetails: config.request_all_service_details,
      selectAll: config.select_all_vas_services,
    },
    pace: { ongoing: paced("ongoing", delayFactor), loop: paced(dc ? "dcLoop" : "loop", delayFactor) },
  };
}

function paced(what: keyof typeof PACE, delayFactor: number): number {
  return Math.max(PACE[what].least, PACE[what].real * delayFactor);
}
