/**
 * The response to a request that was refused: of the right kind, complete as the schema wants it, and without effect.
 */

import type { Step } from "../../fsm/state.ts";
import { contractRefusal } from "../../iso15118/contractMessages.ts";
import type { Messages, Named, RequestName, ResponseName } from "../../iso15118/iso2/index.ts";
import { physicalValue } from "../../iso15118/physicalValue.ts";
import type { Iso2, Iso2Session } from "./protocol.ts";
import { chargeService } from "./serviceList.ts";
import { acChargeParameter, acStatus, dcChargeParameter, dcStatus, evseStatus, isDc } from "./status.ts";

export type ResponseCode = Messages["SessionStopRes"]["ResponseCode"];
export type Failure = Extract<ResponseCode, `FAILED${string}`>;

/** [V2G2-697] wants 16 octets also where nothing can be challenged. */
const noChallenge = new Uint8Array(16);
const volts = physicalValue(0, "V");
const amperes = physicalValue(0, "A");

function chargeParameter(session: Iso2Session) {
  return isDc(session) ? dcChargeParameter(session, dcStatus(session, "refusal")) : acChargeParameter(session);
}

const refusals: { readonly [N in RequestName]: (code: Failure, session: Iso2Session) => Named<ResponseName> } = {
  SessionSetupReq: (ResponseCode, { evse }) => ({
    name: "SessionSetupRes",
    message: { ResponseCode, EVSEID: evse.evseId },
  }),
  ServiceDiscoveryReq: (ResponseCode, { evse }) => ({
    name: "ServiceDiscoveryRes",
    message: {
      ResponseCode,
      PaymentOptionList: { PaymentOption: ["ExternalPayment"] },
      ChargeService: chargeService(evse),
    },
  }),
  ServiceDetailReq: (ResponseCode) => ({ name: "ServiceDetailRes", message: { ResponseCode, ServiceID: 0 } }),
  PaymentServiceSelectionReq: (ResponseCode) => ({ name: "PaymentServiceSelectionRes", message: { ResponseCode } }),
  CertificateInstallationReq: (code) => contractRefusal("CertificateInstallationReq", code),
  CertificateUpdateReq: (code) => contractRefusal("CertificateUpdateReq", code),
  PaymentDetailsReq: (ResponseCode) => ({
    name: "PaymentDetailsRes",
    message: { ResponseCode, GenChallenge: noChallenge, EVSETimeStamp: 0 },
  }),
  AuthorizationReq: (ResponseCode) => ({
    name: "AuthorizationRes",
    message: { ResponseCode, EVSEProcessing: "Finished" },
  }),
  ChargeParameterDiscoveryReq: (ResponseCode, session) => ({
    name: "ChargeParameterDiscoveryRes",
    message: { ResponseCode, EVSEProcessing: "Finished", ...chargeParameter(session) },
  }),
  PowerDeliveryReq: (ResponseCode, session) => ({
    name: "PowerDeliveryRes",
    message: { ResponseCode, ...evseStatus(session, "refusal") },
  }),
  ChargingStatusReq: (ResponseCode, session) => ({
    name: "ChargingStatusRes",
    message: {
      ResponseCode,
      EVSEID: session.evse.evseId,
      SAScheduleTupleID: session.tupleId,
      AC_EVSEStatus: acStatus(session),
    },
  }),
  MeteringReceiptReq: (ResponseCode, session) => ({
    name: "MeteringReceiptRes",
    message: { ResponseCode, ...evseStatus(session, "refusal") },
  }),
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
      EVSEID: session.evse.evseId,
      SAScheduleTupleID: session.tupleId,
    },
  }),
  WeldingDetectionReq: (ResponseCode, session) => ({
    name: "WeldingDetectionRes",
    message: { ResponseCode, DC_EVSEStatus: dcStatus(session, "refusal"), EVSEPresentVoltage: volts },
  }),
  SessionStopReq: (ResponseCode) => ({ name: "SessionStopRes", message: { ResponseCode } }),
};

/** Refuses a request; every refusal ends the session [V2G2-539]. */
export function refuse(request: RequestName, code: Failure, session: Iso2Session): Step<Iso2, "Terminated"> {
  return { reply: refusals[request](code, session), next: "Terminated" };
}
