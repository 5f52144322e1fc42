/** The answers of a DIN charger that is content with everything. */
import { dinCar } from "../../../src/evcc/din70121/machine.ts";
import { type Din, type DinSession, newSession } from "../../../src/evcc/din70121/protocol.ts";
import { type Incoming, react } from "../../../src/fsm/machine.ts";
import type { Outcome, Step } from "../../../src/fsm/state.ts";
import type { Messages, ResponseName } from "../../../src/iso15118/din70121/index.ts";
import { physicalValue } from "../../../src/iso15118/physicalValue.ts";
import { dcCar, SessionID } from "../fixtures.ts";

export const status = {
  EVSEIsolationStatus: "Valid",
  EVSEStatusCode: "EVSE_Ready",
  NotificationMaxDelay: 0,
  EVSENotification: "None",
} as const;

export const schedule = {
  SAScheduleTupleID: 1,
  PMaxSchedule: {
    PMaxScheduleID: 1,
    PMaxScheduleEntry: [{ RelativeTimeInterval: { start: 0, duration: 86_400 }, PMax: 20_000 }],
  },
};

/** A good answer for every message of DIN SPEC 70121. */
export const answers = {
  SessionSetupRes: { ResponseCode: "OK_NewSessionEstablished", EVSEID: Uint8Array.of(0), DateTimeNow: 1_767_225_600 },
  ServiceDiscoveryRes: {
    ResponseCode: "OK",
    PaymentOptions: { PaymentOption: ["ExternalPayment"] },
    ChargeService: {
      ServiceTag: { ServiceID: 1, ServiceCategory: "EVCharging" },
      FreeService: false,
      EnergyTransferType: "DC_extended",
    },
  },
  ServicePaymentSelectionRes: { ResponseCode: "OK" },
  ContractAuthenticationRes: { ResponseCode: "OK", EVSEProcessing: "Finished" },
  ChargeParameterDiscoveryRes: {
    ResponseCode: "OK",
    EVSEProcessing: "Finished",
    SAScheduleList: { SAScheduleTuple: [schedule] },
    DC_EVSEChargeParameter: {
      DC_EVSEStatus: status,
      EVSEMaximumCurrentLimit: physicalValue(300, "A"),
      EVSEMaximumPowerLimit: physicalValue(150_000, "W"),
      EVSEMaximumVoltageLimit: physicalValue(900, "V"),
      EVSEMinimumCurrentLimit: physicalValue(1, "A"),
      EVSEMinimumVoltageLimit: physicalValue(100, "V"),
      EVSEPeakCurrentRipple: physicalValue(1, "A"),
    },
  },
  CableCheckRes: { ResponseCode: "OK", DC_EVSEStatus: status, EVSEProcessing: "Finished" },
  PreChargeRes: { ResponseCode: "OK", DC_EVSEStatus: status, EVSEPresentVoltage: physicalValue(398, "V") },
  PowerDeliveryRes: { ResponseCode: "OK", DC_EVSEStatus: status },
  CurrentDemandRes: {
    ResponseCode: "OK",
    DC_EVSEStatus: status,
    EVSEPresentVoltage: physicalValue(400, "V"),
    EVSEPresentCurrent: physicalValue(99, "A"),
    EVSECurrentLimitAchieved: false,
    EVSEVoltageLimitAchieved: false,
    EVSEPowerLimitAchieved: false,
    EVSEMaximumCurrentLimit: physicalValue(50, "A"),
  },
  WeldingDetectionRes: { ResponseCode: "OK", DC_EVSEStatus: status, EVSEPresentVoltage: physicalValue(2, "V") },
  SessionStopRes: { ResponseCode: "OK" },
} as const satisfies { [N in ResponseName]?: Messages[N] };

export type Answer = keyof typeof answers;
export const answerNames = Object.keys(answers) as Answer[];

/** A session that has come as far as charging. */
export function session(change: Partial<DinSession> = {}): DinSession {
  return { ...newSession(dcCar), SessionID, schedule, powered: true, ready: true, ...change };
}

export function outcome(state: string, of: DinSession, incoming: Incoming<Din>): Outcome<Din> {
  const found = react(dinCar, state, of, incoming);
  if ("gather" in found) throw new TypeError("the car asks nobody");
  return found;
}

/** The good answer with a change, as the machine takes it. */
export function response<N extends Answer>(name: N, change: object = {}, id = SessionID, at = 0): Incoming<Din> {
  const message = { header: { SessionID: id }, body: { ...answers[name], ...change }, at };
  return { name, message } as unknown as Incoming<Din>;
}

/** What a good or changed answer makes the car do. */
export function take(name: Answer, change: object = {}, given: Partial<DinSession> = {}, at = 0): Outcome<Din> {
  return outcome(name.slice(0, -3), session(given), response(name, change, SessionID, at));
}

/** The decision of a pause, as the session then is. */
export function resumed(paused: Outcome<Din>, given: Partial<DinSession> = {}): Step<Din> {
  if (!("until" in paused)) throw new TypeError("no pause");
  return paused.decide(session({ ...paused.session, ...given }));
}
