/** What the SECC knows of the EVSE that it speaks for; set by the EVSE's manager, and longer-lived than any session. */

import type {
  EnergyTransferMode,
  IsolationStatus,
  NoEnergyPauseMode,
  PaymentOption,
} from "../interfaces/types/iso15118.ts";
import type { MeterInfo, Service } from "../iso15118/iso2/index.ts";

/** What a DC supply is able to give; volt, ampere, watt. */
export interface DcCapabilities {
  readonly maxVoltage: number;
  readonly minVoltage: number;
  readonly maxCurrent: number;
  readonly minCurrent: number;
  readonly maxPower: number;
}

/** The DC output of the EVSE; volt, ampere, watt, Wh. */
export interface DcOutput {
  /** Undefined until the supply has told. */
  readonly capabilities: DcCapabilities | undefined;
  /** What may be drawn now; undefined until it is known. */
  readonly limits: { readonly voltage: number; readonly current: number; readonly power: number } | undefined;
  /** What is measured at the output. */
  readonly present: { readonly voltage: number; readonly current: number };
  readonly isolation: IsolationStatus;
  readonly currentRegulationTolerance: number | undefined;
  readonly peakCurrentRipple: number;
  readonly energyToBeDelivered: number | undefined;
  /** There is no energy for this EV now, and when it is told so. */
  readonly noEnergyPause: NoEnergyPauseMode | undefined;
}

/** What the grid grants the EVSE from a moment on until the next grant. */
export interface Grant {
  /** Milliseconds since 1970. */
  readonly from: number;
  /** Ampere on each phase; undefined for no limit. */
  readonly current: number | undefined;
  /** Watt of all phases; undefined for no limit. */
  readonly power: number | undefined;
}

export interface Evse {
  /** 7 to 37 characters. */
  readonly evseId: string;
  /** As DIN SPEC 91286 has it, a nibble a digit and A for *: +49*89*6360 is 49A89A6360. Undefined when there is none. */
  readonly evseIdDin: Uint8Array | undefined;
  /** In the order of preference. */
  readonly paymentOptions: readonly PaymentOption[];
  /** Whether contracts can be installed and renewed. */
  readonly certificateService: boolean;
  /** Whether a contract that cannot be judged here may be left to the CSMS. */
  readonly centralContractValidation: boolean;
  readonly energyTransferModes: readonly EnergyTransferMode[];
  /** Value added services beside charging and certificates. */
  readonly services: readonly Service[];
  /** In volt. */
  readonly nominalVoltage: number;
  /** What the hardware can give on each phase, in ampere; undefined until it is known. */
  readonly nominalCurrent: number | undefined;
  /** What may be drawn on each phase now, in ampere; undefined until it is known. */
  readonly currentLimit: number | undefined;
  /** What may be drawn by and by, in the order of time; empty when nobody has said. */
  readonly granted: readonly Grant[];
  /** Charging costs nothing. */
  readonly freeService: boolean;
  readonly dc: DcOutput;
  readonly contactorClosed: boolean;
  readonly receiptRequired: boolean;
  readonly meter: MeterInfo | undefined;
  /** What the EV is asked to do. */
  readonly notification: "None" | "StopCharging";
  /** When the EV must have done so, in milliseconds since 1970. */
  readonly notificationUntil: number;
  /** Counts the wishes for another schedule; what was agreed on at an earlier count is to be agreed on anew. */
  readonly scheduleWishes: number;
  /** The residual current device has found a fault. */
  readonly rcd: boolean;
  /** Something else is wrong with the EVSE, in the words of DC_EVSEStatusCode. */
  readonly malfunction: "EVSE_Malfunction" | "EVSE_UtilityInterruptEvent" | undefined;
  /** Every answer fails from now on. */
  readonly shutdown: boolean;
}

const initialDc: DcOutput = {
  capabilities: undefined,
  limits: undefined,
  present: { voltage: 0, current: 0 },
  isolation: "Invalid",
  currentRegulationTolerance: undefined,
  peakCurrentRipple: 0,
  energyToBeDelivered: undefined,
  noEnergyPause: undefined,
};

/** How long the EV may take to stop, in seconds that fit into 16 bits; 0 while it is not asked to. */
export function secondsToStop({ notification, notificationUntil }: Evse, now: number): number {
  if (notification !== "StopCharging") return 0;
  return Math.min(0xffff, Math.max(0, Math.round((notificationUntil - now) / 1000)));
}

/** As EVerest begins, before anything is configured. */
export const initialEvse: Evse = {
  evseId: "DE*CBY*ETE1*234",
  evseIdDin: undefined,
  paymentOptions: ["ExternalPayment"],
  certificateService: false,
  centralContractValidation: false,
  energyTransferModes: ["AC_single_phase_core"],
  services: [],
  nominalVoltage: 230,
  nominalCurrent: undefined,
  currentLimit: undefined,
  granted: [],
  freeService: false,
  dc: initialDc,
  contactorClosed: false,
  receiptRequired: false,
  meter: undefined,
  notification: "None",
  notificationUntil: 0,
  scheduleWishes: 0,
  rcd: false,
  malfunction: undefined,
  shutdown: false,
};
