/** What the car is and wants: all that its decisions rest on. */
import type { KeyObject } from "node:crypto";
import type { Messages } from "../iso15118/iso2/index.ts";
import type { Certificate } from "../x509/certificate.ts";

export type EnergyTransferMode = Messages["ChargeParameterDiscoveryReq"]["RequestedEnergyTransferMode"];
export type PaymentOption = Messages["PaymentServiceSelectionReq"]["SelectedPaymentOption"];

/** A contract with its key: what Plug & Charge pays with. */
export interface Contract {
  /** As it goes over the wire: 14 or 15 characters. */
  readonly eMAID: string;
  /** DER, leaf first, then its sub-CAs upwards, without the root. */
  readonly chain: readonly Uint8Array[];
  /** Signs AuthorizationReq and MeteringReceiptReq. */
  readonly key: KeyObject;
}

/** What a car is born with: its maker's certificate, for which contracts are encrypted. */
export interface Provisioning {
  /** DER of the leaf; its CN is the PCID. */
  readonly certificate: Uint8Array;
  readonly key: KeyObject;
}

/** To be asked for at this charger, when it offers that, before anything is paid. */
export type ContractWish = {
  /** V2G roots, to one of which the provisioning service must lead; at least one. */
  readonly roots: readonly Certificate[];
  /** A clause, for people. */
  readonly why: string;
} & (
  | { readonly action: "install"; readonly provisioning: Provisioning }
  /** Needs a contract that is valid still. */
  | { readonly action: "update" }
);

export interface Payment {
  /** Absent: the contract where it can be used, else external payment. */
  readonly option?: PaymentOption;
  /** True: rather end the session than pay in another way. */
  readonly enforced: boolean;
}

/** A battery and what it takes of direct current; volt, ampere, watt, Wh, percent. */
export interface DcNeeds {
  readonly capacity: number;
  /** State of charge when the session begins. */
  readonly soc: number;
  /** With this much the car has enough. */
  readonly fullSoc: number;
  /** Up to here the battery takes all the current that it wants. */
  readonly bulkSoc: number;
  readonly maxVoltage: number;
  readonly maxCurrent: number;
  readonly maxPower: number;
  readonly targetVoltage: number;
  readonly targetCurrent: number;
  /** Goes on with a charger whose limits and voltages cannot be, and waits longer for it, as for simulators. */
  readonly lenient?: boolean;
}

export interface Car {
  /** MAC address, 6 octets. */
  readonly EVCCID: Uint8Array;
  readonly mode: EnergyTransferMode;
  readonly payment: Payment;
  readonly contract?: Contract;
  readonly contractWish?: ContractWish;
  /** For DC modes. */
  readonly dc?: DcNeeds;
  /** Of AC: volt, and ampere per phase. */
  readonly limits: { readonly voltage: number; readonly maxCurrent: number; readonly minCurrent: number };
  /** Seconds from now until the car wants to leave. */
  readonly departureTime?: number;
  /** Wh that the car wants. */
  readonly energyAmount: number;
  /** Value added services, beside charging. */
  readonly services: ServiceWishes;
  /** Milliseconds between a response and the next request of the same kind. */
  readonly pace: { readonly ongoing: number; readonly loop: number };
}

export interface ServiceWishes {
  readonly internet: boolean;
  /** Asks for the details of every service, wanted or not. */
  readonly allDetails: boolean;
  readonly selectAll: boolean;
}

/** A session that was paused, to be joined again with what was agreed on (8.4.2, [V2G2-741]). */
export interface PausedSession {
  readonly SessionID: Uint8Array;
  readonly payment: PaymentOption;
  readonly SAScheduleTupleID: number;
}
