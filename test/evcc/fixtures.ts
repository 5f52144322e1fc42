/** A car and the answers of a charger that is content with everything. */
import { generateKeyPairSync } from "node:crypto";
import type { Car, Contract, DcNeeds } from "../../src/evcc/car.ts";
import { type Iso2, type Iso2Session, newSession } from "../../src/evcc/iso2/protocol.ts";
import type { Incoming } from "../../src/fsm/machine.ts";
import type { Messages, ResponseName } from "../../src/iso15118/iso2/index.ts";
import { physicalValue } from "../../src/iso15118/physicalValue.ts";

export const SessionID = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
export const challenge = new Uint8Array(16).fill(0xc4);

const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
export const contractPublicKey = keys.publicKey;
export const contract: Contract = {
  eMAID: "UKSWI123456791A",
  chain: [Uint8Array.of(1), Uint8Array.of(2), Uint8Array.of(3)],
  key: keys.privateKey,
};

export const car: Car = {
  EVCCID: Uint8Array.of(2, 0, 0, 0, 0, 1),
  mode: "AC_three_phase_core",
  payment: { enforced: false },
  contract,
  limits: { voltage: 400, maxCurrent: 16, minCurrent: 6 },
  departureTime: 86400,
  energyAmount: 22000,
  services: { internet: false, allDetails: false, selectAll: false },
  pace: { ongoing: 100, loop: 1000 },
};

/** A battery of 60 kWh at 400 V. */
export const dc: DcNeeds = {
  capacity: 60_000,
  soc: 30,
  fullSoc: 100,
  bulkSoc: 80,
  maxVoltage: 450,
  maxCurrent: 200,
  maxPower: 80_000,
  targetVoltage: 400,
  targetCurrent: 100,
};

export const dcCar: Car = { ...car, mode: "DC_extended", dc };

const dcStatus = {
  NotificationMaxDelay: 0,
  EVSENotification: "None",
  EVSEIsolationStatus: "Valid",
  EVSEStatusCode: "EVSE_Ready",
} as const;

const status = { NotificationMaxDelay: 0, EVSENotification: "None", RCD: false } as const;

export const schedule = {
  SAScheduleTupleID: 7,
  PMaxSchedule: {
    PMaxScheduleEntry: [{ RelativeTimeInterval: { start: 0, duration: 86400 }, PMax: physicalValue(11000, "W") }],
  },
};

/** A good answer for every message of AC charging. */
export const answers = {
  SessionSetupRes: { ResponseCode: "OK_NewSessionEstablished", EVSEID: "DE*PNX*00001", EVSETimeStamp: 1_767_225_600 },
  ServiceDiscoveryRes: {
    ResponseCode: "OK",
    PaymentOptionList: { PaymentOption: ["Contract", "ExternalPayment"] },
    ChargeService: {
      ServiceID: 1,
      ServiceCategory: "EVCharging",
      FreeService: false,
      SupportedEnergyTransferMode: { EnergyTransferMode: ["AC_three_phase_core", "DC_extended"] },
    },
  },
  ServiceDetailRes: { ResponseCode: "OK", ServiceID: 3 },
  PaymentServiceSelectionRes: { ResponseCode: "OK" },
  PaymentDetailsRes: { ResponseCode: "OK", GenChallenge: challenge, EVSETimeStamp: 1_767_225_600 },
  AuthorizationRes: { ResponseCode: "OK", EVSEProcessing: "Finished" },
  ChargeParameterDiscoveryRes: {
    ResponseCode: "OK",
    EVSEProcessing: "Finished",
    SAScheduleList: { SAScheduleTuple: [schedule] },
    AC_EVSEChargeParameter: {
      AC_EVSEStatus: status,
      EVSENominalVoltage: physicalValue(230, "V"),
      EVSEMaxCurrent: physicalValue(32, "A"),
    },
  },
  PowerDeliveryRes: { ResponseCode: "OK", AC_EVSEStatus: status },
  ChargingStatusRes: {
    ResponseCode: "OK",
    EVSEID: "DE*PNX*00001",
    SAScheduleTupleID: 7,
    EVSEMaxCurrent: physicalValue(20, "A"),
    MeterInfo: { MeterID: "meter 1", MeterReading: 1200 },
    ReceiptRequired: false,
    AC_EVSEStatus: status,
  },
  MeteringReceiptRes: { ResponseCode: "OK", AC_EVSEStatus: status },
  SessionStopRes: { ResponseCode: "OK" },
} satisfies { [N in ResponseName]?: Messages[N] };

/** A good answer for every message that is special of DC charging. */
export const dcAnswers = {
  ChargeParameterDiscoveryRes: {
    ResponseCode: "OK",
    EVSEProcessing: "Finished",
    SAScheduleList: { SAScheduleTuple: [schedule] },
    DC_EVSEChargeParameter: {
      DC_EVSEStatus: dcStatus,
      EVSEMaximumCurrentLimit: physicalValue(300, "A"),
      EVSEMaximumPowerLimit: physicalValue(150_000, "W"),
      EVSEMaximumVoltageLimit: physicalValue(900, "V"),
      EVSEMinimumCurrentLimit: physicalValue(1, "A"),
      EVSEMinimumVoltageLimit: physicalValue(100, "V"),
      EVSEPeakCurrentRipple: physicalValue(1, "A"),
    },
  },
  CableCheckRes: { ResponseCode: "OK", DC_EVSEStatus: dcStatus, EVSEProcessing: "Finished" },
  PreChargeRes: { ResponseCode: "OK", DC_EVSEStatus: dcStatus, EVSEPresentVoltage: physicalValue(398, "V") },
  PowerDeliveryRes: { ResponseCode: "OK", DC_EVSEStatus: dcStatus },
  CurrentDemandRes: {
    ResponseCode: "OK",
    DC_EVSEStatus: dcStatus,
    EVSEPresentVoltage: physicalValue(400, "V"),
    EVSEPresentCurrent: physicalValue(99, "A"),
    EVSECurrentLimitAchieved: false,
    EVSEVoltageLimitAchieved: false,
    EVSEPowerLimitAchieved: false,
    EVSEID: "DE*PNX*00001",
    SAScheduleTupleID: 7,
    MeterInfo: { MeterID: "meter 1", MeterReading: 1200 },
    ReceiptRequired: false,
  },
  MeteringReceiptRes: { ResponseCode: "OK", DC_EVSEStatus: dcStatus },
  WeldingDetectionRes: { ResponseCode: "OK", DC_EVSEStatus: dcStatus, EVSEPresentVoltage: physicalValue(12, "V") },
} satisfies { [N in ResponseName]?: Messages[N] };

export type AcResponse = keyof typeof answers;
export type DcResponse = keyof typeof dcAnswers;

/** As {@link response}, of a DC charger. @param at milliseconds */
export function dcResponse<N extends DcResponse>(name: N, change: object = {}, id = SessionID, at = 0): Incoming<Iso2> {
  const message = { header: { SessionID: id }, body: { ...dcAnswers[name], ...change }, at };
  return { name, message } as unknown as Incoming<Iso2>;
}

export function dcSession(change: Partial<Iso2Session> = {}): Iso2Session {
  return {
    ...newSession({ car: dcCar, secured: true, resume: undefined }),
    SessionID,
    schedule,
    progress: "Start",
    ...change,
  };
}

/** The good answer with a change, as the machine takes it. */
export function response<N extends AcResponse>(name: N, change: object = {}, id = SessionID): Incoming<Iso2> {
  return { name, message: { header: { SessionID: id }, body: { ...answers[name], ...change } } } as Incoming<Iso2>;
}

export function session(change: Partial<Iso2Session> = {}): Iso2Session {
  return { ...newSession({ car, secured: true, resume: undefined }), SessionID, ...change };
}
