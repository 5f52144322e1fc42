/**
 * The response to a request that was refused: of the right kind, complete as the schema wants it, and without effect. It
 * exists for every request of the schema, also for those that DIN SPEC 70121 does not use.
 */
import type { Step } from "../../fsm/state.ts";
import type { Messages, Named, RequestName, ResponseName } from "../../iso15118/din70121/index.ts";
import { physicalValue } from "../../iso15118/physicalValue.ts";
import type { Din, DinSession } from "./protocol.ts";
import { schedule } from "./schedule.ts";
import { chargeParameter, chargeService, dcStatus, evseId } from "./status.ts";

export type Failure = Extract<Messages["SessionStopRes"]["ResponseCode"], `FAILED${string}`>;

const none = new Uint8Array(0);
const volts = physicalValue(0, "V");
const amperes = physicalValue(0, "A");
const acStatus = {
  PowerSwitchClosed: false,
  RCD: false,
  NotificationMaxDelay: 0,
  EVSENotification: "None",
} as const;

const noContract = (ResponseCode: Failure) => ({
  "@Id": "id1",
  ResponseCode,
  ContractSignatureCertChain: { Certificate: none },
  ContractSignatureEncryptedPrivateKey: none,
  DHParams: none,
  ContractID: "",
});

const refusals: { readonly [N in RequestName]: (code: Failure, session: DinSession) => Named<ResponseName> } = {
  SessionSetupReq: (ResponseCode, session) => ({
    name: "SessionSetupRes",
    message: { ResponseCode, EVSEID: evseId(session) },
  }),
  ServiceDiscoveryReq: (ResponseCode, session) => ({
    name: "ServiceDiscoveryRes",
    message: {
      ResponseCode,
      PaymentOptions: { PaymentOption: ["ExternalPayment"] },
      ChargeService: chargeService(session),
    },
  }),
  ServiceDetailReq: (ResponseCode) => ({ name: "ServiceDetailRes", message: { ResponseCode, ServiceID: 0 } }),
  ServicePaymentSelectionReq: (ResponseCode) => ({ name: "ServicePaymentSelectionRes", message: { ResponseCode } }),
  PaymentDetailsReq: (ResponseCode) => ({
    name: "PaymentDetailsRes",
    message: { ResponseCode, GenChallenge: "", DateTimeNow: 0 },
  }),
  ContractAuthenticationReq: (ResponseCode) => ({
    name: "ContractAuthenticationRes",
    message: { ResponseCode, EVSEProcessing: "Finished" },
  }),
  ChargeParameterDiscoveryReq: (ResponseCode, session) => ({
    name: "ChargeParameterDiscoveryRes",
    message: {
      ResponseCode,
      EVSEProcessing: "Finished",
      SAScheduleList: schedule(session),
      DC_EVSEChargeParameter: chargeParameter(session, dcStatus(session, "refusal")),
    },
  }),
  PowerDeliveryReq: (ResponseCode, session) => ({
    name: "PowerDeliveryRes",
    message: { ResponseCode, DC_EVSEStatus: dcStatus(session, "refusal") },
  }),
  ChargingStatusReq: (ResponseCode, session) => ({
    name: "ChargingStatusRes",
    message: {
      ResponseCode,
      EVSEID: evseId(session),
      SAScheduleTupleID: 0,
      ReceiptRequired: false,
      AC_EVSEStatus: acStatus,
    },
  }),
  MeteringReceiptReq: (ResponseCode) => ({
    name: "MeteringReceiptRes",
    message: { ResponseCode, AC_EVSEStatus: acStatus },
  }),
  CertificateUpdateReq: (code) => ({
    name: "CertificateUpdateRes",
    message: { ...noContract(code), RetryCounter: 0 },
  }),
  CertificateInstallationReq: (code) => ({ name: "CertificateInstallationRes", message: noContract(code) }),
  CableCheckReq: (ResponseCode, session) => ({
    name: "CableCheckRes",
    message: { ResponseCode, DC_EVSEStatus: dcStatus(session, "refusal"), EVSEProcessing: "Finished" },
  }),
  PreChargeReq: (ResponseCode, session) => ({
    name: "PreChargeRes",
    message: { ResponseCode, DC_EVSEStatus: dcStatus(session, "refusal"), EVSEPresentVoltage: volts },
  }),
  CurrentDemandReq: (ResponseCode, session) => ({
    name: "CurrentDemandRes",
    message: {
      ResponseCode,
      DC_EVSEStatus: dcStatus(session, "refusal"),
      EVSEPresentVoltage: volts,
      EVSEPresentCurrent: amperes,
      EVSECurrentLimitAchieved: false,
      EVSEVoltageLimitAchieved: false,
      EVSEPowerLimitAchieved: false,
    },
  }),
  WeldingDetectionReq: (ResponseCode, session) => ({
    name: "WeldingDetectionRes",
    message: { ResponseCode, DC_EVSEStatus: dcStatus(session, "refusal"), EVSEPresentVoltage: volts },
  }),
  SessionStopReq: (ResponseCode) => ({ name: "SessionStopRes", message: { ResponseCode } }),
};

/** Refuses a request; every refusal ends the session [V2G-DC-665]. */
export function refuse(request: RequestName, code: Failure, session: DinSession): Step<Din, "Terminated"> {
  return { reply: refusals[request](code, session), next: "Terminated" };
}
