/** What a test with a foreign charger or car is about: one row a scenario. `plugcharge ev` and `plugcharge secc` read no other place. */
import type { CarSession, EnergyTransferMode } from "../../evcc/index.ts";
import type { Traits } from "../../faults/index.ts";
import { type Evse, initialEvse } from "../../secc/evse.ts";
import type { Payment } from "./verdict.ts";

/** What the car does after a turn of the charge loop; turns count from 1 in each session. */
export type Behaviour = (car: CarSession, turn: number, cycles: number) => void;

export interface Scenario {
  readonly name: string;
  /** One clause: what is special, and what the other side must be able to. */
  readonly about: string;
  readonly protocol: Traits["protocol"];
  readonly payment: Payment;
  /** What the car asks for. */
  readonly mode: EnergyTransferMode;
  /** `required`: not without TLS; `wanted`: as it can be had, unless it is switched off; `none`: never. */
  readonly tls: "required" | "wanted" | "none";
  /** One a session, in their order; a session that the car has paused is joined by the next. */
  readonly sessions: readonly Behaviour[];
  /**
   * What must have been answered beside charging, with its code when it matters: `SessionSetupRes OK_OldSessionJoined`. What
   * is named twice must have been answered twice.
   */
  readonly proof?: readonly string[];
  /** What the car asks for before it pays. */
  readonly contract?: "install" | "update";
  /** What the EVSE behind our charger offers when it is there for this scenario alone. */
  readonly evse: Partial<Evse>;
  /** Our charger asks the car to agree on another schedule as soon as it charges. */
  readonly renegotiates?: boolean;
}

const charge: Behaviour = (car, turn, cycles) => {
  if (turn === cycles) car.stop(`the car has enough after ${cycles} turns of the loop`);
};

const chargeAndPause: Behaviour = (car, turn, cycles) => {
  if (turn === cycles) car.pause(`the car pauses after ${cycles} turns of the loop`);
};

const renegotiate: Behaviour = (car, turn, cycles) => {
  if (turn === 1) car.renegotiate({ energyAmount: 5000 });
  charge(car, turn, Math.max(cycles, 2));
};

/** 22 kW on three phases. */
const ac: Partial<Evse> = {
  energyTransferModes: ["AC_single_phase_core", "AC_three_phase_core"],
  nominalVoltage: 230,
  nominalCurrent: 32,
  currentLimit: 32,
};

const acPnc = {
  protocol: "ISO 15118-2",
  payment: "Contract",
  mode: "AC_three_phase_core",
  tls: "required",
  sessions: [charge],
  evse: { ...ac, paymentOptions: ["Contract"] },
} as const;

/** 150 kW; what is measured follows what the car asks for. */
const dc: Partial<Evse> = {
  energyTransferModes: ["DC_core", "DC_extended"],
  dc: {
    ...initialEvse.dc,
    capabilities: { maxVoltage: 920, minVoltage: 150, maxCurrent: 300, minCurrent: 1, maxPower: 150_000 },
    limits: { voltage: 920, current: 300, power: 150_000 },
    currentRegulationTolerance: 2,
    peakCurrentRipple: 2,
  },
};

const dcPnc = { ...acPnc, mode: "DC_extended", evse: { ...dc, paymentOptions: ["Contract"] } } as const;

export const scenarios: readonly Scenario[] = [
  { name: "ac-pnc", about: "AC, paid by contract", ...acPnc },
  {
    name: "ac-eim",
    about: "AC, paid by external payment, with TLS or without",
    protocol: "ISO 15118-2",
    payment: "ExternalPayment",
    mode: "AC_three_phase_core",
    tls: "wanted",
    sessions: [charge],
    evse: { ...ac, paymentOptions: ["ExternalPayment"] },
  },
  { name: "dc-pnc", about: "DC, paid by contract", ...dcPnc },
  {
    name: "dc-eim",
    about: "DC, paid by external payment, with TLS or without",
    protocol: "ISO 15118-2",
    payment: "ExternalPayment",
    mode: "DC_extended",
    tls: "wanted",
    sessions: [charge],
    evse: { ...dc, paymentOptions: ["ExternalPayment"] },
  },
  {
    name: "din",
    about: "DC by DIN SPEC 70121, which has neither TLS nor contracts",
    protocol: "DIN SPEC 70121",
    payment: "ExternalPayment",
    mode: "DC_extended",
    tls: "none",
    sessions: [charge],
    evse: { ...dc, paymentOptions: ["ExternalPayment"] },
  },
  {
    name: "pause",
    about: "AC, paid by contract: the car pauses the session, comes back and joins it again",
    ...acPnc,
    sessions: [chargeAndPause, charge],
    proof: ["SessionSetupRes OK_OldSessionJoined"],
  },
  {
    name: "renegotiate",
    about: "AC, paid by contract: while it charges, the car wants another schedule, and our charger asks for one too",
    ...acPnc,
    sessions: [renegotiate],
    // On, renegotiate, on again, off.
    proof: new Array(4).fill("PowerDeliveryRes OK"),
    renegotiates: true,
  },
  {
    name: "receipt",
    about: "AC, paid by contract: our charger wants every meter reading signed by the car",
    ...acPnc,
    evse: { ...acPnc.evse, receiptRequired: true, meter: { MeterID: "PLUGCHARGE", MeterReading: 1000 } },
  },
  {
    name: "cert-install",
    about:
      "AC, paid by a contract that the charger installs first: the car comes with its provisioning certificate alone",
    ...acPnc,
    contract: "install",
    proof: ["CertificateInstallationRes OK"],
  },
  {
    name: "cert-update",
    about: "AC, paid by a contract that the charger renews first",
    ...acPnc,
    contract: "update",
    proof: ["CertificateUpdateRes OK"],
  },
];

/** What our charger offers when it is there for every car. */
export const anyCar: Partial<Evse> = {
  ...ac,
  ...dc,
  energyTransferModes: ["AC_single_phase_core", "AC_three_phase_core", "DC_core", "DC_extended"],
  paymentOptions: ["Contract", "ExternalPayment"],
};

export function findScenario(name: string): Scenario | undefined {
  return scenarios.find((scenario) => scenario.name === name);
}

/** Whether something that needs a session of this kind has its place in the scenario. */
export function suits({ protocol, payment, mode, tls, contract, evse }: Scenario, needs: Partial<Traits>): boolean {
  return (
    (needs.receipts === undefined || evse.receiptRequired === true) &&
    (needs.contract === undefined || needs.contract === contract) &&
    (needs.protocol === undefined || needs.protocol === protocol) &&
    (needs.payment === undefined || needs.payment === payment) &&
    (needs.energy === undefined || mode.startsWith(needs.energy)) &&
    (needs.tls === undefined || tls !== (needs.tls ? "none" : "required"))
  );
}
