/** A car and the answers of a charger that is content with everything. */
import { generateKeyPairSync } from "node:crypto";
import type { Car, Contract } from "../../src/evcc/car.ts";
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

export type AcResponse = keyof typeof answers;

/** The good answer with a change, as the machine takes it. */
export function response<N extends AcResponse>(name: N, change: object = {}, id = SessionID): Incoming<Iso2> {
  return { name, message: { header: { SessionID: id }, body: { ...answers[name], ...change } } } as Incoming<Iso2>;
}

export function session(change: Partial<Iso2Session> = {}): Iso2Session {
  return { ...newSession({ car, secured: true, resume: undefined }), SessionID, ...change };
}
