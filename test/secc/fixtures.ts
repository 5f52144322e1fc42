/** A contract, an EVSE and good requests for the SECC's states. */
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import type { Incoming } from "../../src/fsm/machine.ts";
import { iso2, type MessageHeader, type Messages, type RequestName } from "../../src/iso15118/iso2/index.ts";
import { physicalValue } from "../../src/iso15118/physicalValue.ts";
import { signFragments } from "../../src/iso15118/signature.ts";
import { noDc } from "../../src/secc/dc/progress.ts";
import { type Evse, initialEvse } from "../../src/secc/evse.ts";
import {
  type Contract,
  type ContractVerdict,
  type Iso2,
  type Iso2Ports,
  type Iso2Session,
  newSession,
  type PausedSession,
} from "../../src/secc/iso2/protocol.ts";
import { createCertificate } from "../../src/x509/create.ts";

export const EMAID = "UKSWI123456791A";
export const NOW = Date.UTC(2026, 0, 1);
export const SESSION_ID: Uint8Array = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
export const EVCCID: Uint8Array = Uint8Array.of(2, 0, 0, 0, 0, 0xab);
export const CHALLENGE: Uint8Array = new Uint8Array(16).fill(0xc4);

const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
export const contractKey = keys.privateKey;
export const otherKey = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;

export function contractCertificate(CN: string): Uint8Array {
  return createCertificate({
    subject: { CN, O: "Operator", DC: "MO" },
    issuer: { CN: "MOSubCA2" },
    publicKey: keys.publicKey,
    signingKey: keys.privateKey,
    serialNumber: "0a",
    notBefore: NOW,
    notAfter: NOW + 1e10,
    extensions: [],
  }).der;
}
export const certificate = contractCertificate(EMAID);

export const evse: Evse = {
  ...initialEvse,
  evseId: "DE*PNX*E00001",
  paymentOptions: ["Contract", "ExternalPayment"],
  certificateService: true,
  energyTransferModes: ["AC_single_phase_core", "AC_three_phase_core"],
  nominalCurrent: 32,
  currentLimit: 20,
  meter: { MeterID: "meter", MeterReading: 1000, TMeter: NOW / 1000 },
};

export const settings = { authTimeoutPnc: 55, authTimeoutEim: 300 };

export const contract: Contract = {
  publicKey: keys.publicKey,
  challenge: CHALLENGE,
  token: { id_token: { value: EMAID, type: "eMAID" }, authorization_type: "PlugAndCharge" },
};

export const schedule = [
  {
    SAScheduleTupleID: 1,
    PMaxSchedule: {
      PMaxScheduleEntry: [{ RelativeTimeInterval: { start: 0, duration: 86_400 }, PMax: physicalValue(22080, "W") }],
    },
  },
];

/** What the SECC keeps of a session that was paid by the contract and paused. */
export const paused: PausedSession = {
  sessionId: SESSION_ID,
  EVCCID,
  secured: true,
  payment: "Contract",
  eMAID: EMAID,
  schedule,
  tupleId: 1,
  scheduledAt: NOW,
};

/** A session that has come as far as a contract can, and is authorised. */
export function session(change: Partial<Iso2Session> = {}): Iso2Session {
  return {
    ...newSession({ settings, secured: true, paused: undefined, evse, now: NOW }),
    sessionId: SESSION_ID,
    EVCCID,
    selected: { payment: "Contract", services: [{ ServiceID: 1 }] },
    contract,
    authorization: { status: "accepted" },
    energyTransferMode: "AC_three_phase_core",
    schedule,
    scheduledAt: NOW,
    ...change,
  };
}

/** What a DC EVSE of 150 kW is. */
export const dcEvse: Evse = {
  ...evse,
  energyTransferModes: ["DC_extended"],
  dc: {
    ...initialEvse.dc,
    capabilities: { maxVoltage: 900, minVoltage: 100, maxCurrent: 300, minCurrent: 1, maxPower: 150_000 },
    limits: { voltage: 900, current: 200, power: 60_000 },
    present: { voltage: 397.5, current: 15.5 },
    isolation: "Valid",
    currentRegulationTolerance: 2,
    peakCurrentRipple: 1,
  },
};

/** A session that has come as far as DC charging, with the power on. */
export function dcSession(change: Partial<Iso2Session> = {}): Iso2Session {
  return session({
    evse: dcEvse,
    energyTransferMode: "DC_extended",
    powered: true,
    dc: { ...noDc, cableCheck: "passed" },
    ...change,
  });
}

export const ports = (verdict: ContractVerdict = { result: "unchecked" }): Iso2Ports => ({
  now: () => NOW,
  random: (count) => new Uint8Array(count).fill(0xc4),
  checkContract: async () => verdict,
  serviceParameters: async () => undefined,
});

const dcStatus = { EVReady: true, EVErrorCode: "NO_ERROR", EVRESSSOC: 50 } as const;
const volts = physicalValue(400, "V");
const amperes = physicalValue(16, "A");
const x509 = { X509IssuerName: "CN=V2GRootCA", X509SerialNumber: 1 };

/** A good request of every kind. */
export const requests: { readonly [N in RequestName]: Messages[N] } = {
  SessionSetupReq: { EVCCID },
  ServiceDiscoveryReq: {},
  ServiceDetailReq: { ServiceID: 2 },
  PaymentServiceSelectionReq: {
    SelectedPaymentOption: "Contract",
    SelectedServiceList: { SelectedService: [{ ServiceID: 1 }] },
  },
  CertificateInstallationReq: {
    "@Id": "id1",
    OEMProvisioningCert: certificate,
    ListOfRootCertificateIDs: { RootCertificateID: [x509] },
  },
  CertificateUpdateReq: {
    "@Id": "id1",
    ContractSignatureCertChain: { Certificate: certificate },
    eMAID: EMAID,
    ListOfRootCertificateIDs: { RootCertificateID: [x509] },
  },
  PaymentDetailsReq: { eMAID: EMAID, ContractSignatureCertChain: { Certificate: certificate } },
  AuthorizationReq: { "@Id": "id1", GenChallenge: CHALLENGE },
  ChargeParameterDiscoveryReq: {
    RequestedEnergyTransferMode: "AC_three_phase_core",
    AC_EVChargeParameter: {
      DepartureTime: 3600,
      EAmount: physicalValue(22_000, "Wh"),
      EVMaxVoltage: volts,
      EVMaxCurrent: amperes,
      EVMinCurrent: physicalValue(6, "A"),
    },
  },
  PowerDeliveryReq: { ChargeProgress: "Start", SAScheduleTupleID: 1 },
  ChargingStatusReq: {},
  MeteringReceiptReq: {
    "@Id": "id1",
    SessionID: SESSION_ID,
    SAScheduleTupleID: 1,
    MeterInfo: evse.meter ?? { MeterID: "" },
  },
  CableCheckReq: { DC_EVStatus: dcStatus },
  PreChargeReq: { DC_EVStatus: dcStatus, EVTargetVoltage: volts, EVTargetCurrent: amperes },
  CurrentDemandReq: {
    DC_EVStatus: dcStatus,
    EVTargetCurrent: amperes,
    ChargingComplete: false,
    EVTargetVoltage: volts,
  },
  WeldingDetectionReq: { DC_EVStatus: dcStatus },
  SessionStopReq: { ChargingSession: "Terminate" },
};

/** What a DC EV tells of itself. */
export const dcParameters = {
  RequestedEnergyTransferMode: "DC_extended",
  DC_EVChargeParameter: {
    DepartureTime: 3600,
    DC_EVStatus: dcStatus,
    EVMaximumCurrentLimit: physicalValue(250, "A"),
    EVMaximumPowerLimit: physicalValue(100_000, "W"),
    EVMaximumVoltageLimit: physicalValue(450, "V"),
    EVEnergyCapacity: physicalValue(60_000, "Wh"),
    EVEnergyRequest: physicalValue(30_000, "Wh"),
    FullSOC: 100,
    BulkSOC: 80,
  },
} as const satisfies Messages["ChargeParameterDiscoveryReq"];

export const requestNames = Object.keys(requests) as RequestName[];

/** The header of a request, signed when a key is given. */
export function header<N extends RequestName>(
  name: N,
  body: Messages[N],
  key?: KeyObject,
  id = SESSION_ID,
): MessageHeader {
  if (!key) return { SessionID: id };
  const elements = [{ set: iso2, name, id: "id1", value: body }];
  return { SessionID: id, Signature: signFragments({ elements, key }) };
}

interface Variation<N extends RequestName> {
  readonly body?: Partial<Messages[N]>;
  readonly id?: Uint8Array;
  readonly key?: KeyObject;
}

/** The good request with changes; signed when a key is given. */
export function request<N extends RequestName>(
  name: N,
  { body: change = {}, id, key }: Variation<N> = {},
): Incoming<Iso2> {
  const body = { ...requests[name], ...change } as Messages[N];
  const exi = Uint8Array.of(0x80);
  return { name, message: { header: header(name, body, key, id), body, exi } } as Incoming<Iso2>;
}
