/**
 * The response to a request that was refused: of the right kind, complete as the schema wants it, and without effect.
 */

import type { Step } from "../../fsm/state.ts";
import type { Messages, Named, RequestName, ResponseName } from "../../iso15118/iso2/index.ts";
import { physicalValue } from "../../iso15118/physicalValue.ts";
import type { Iso2, Iso2Session } from "./protocol.ts";
import { chargeService } from "./serviceList.ts";
import { acChargeParameter, acStatus, dcStatus, evseStatus } from "./status.ts";

export type ResponseCode = Messages["SessionStopRes"]["ResponseCode"];
export type Failure = Extract<ResponseCode, `FAILED${string}`>;

const none = new Uint8Array(0);
/** [V2G2-697] wants 16 octets also where nothing can be challenged. */
const noChallenge = new Uint8Array(16);
const volts = physicalValue(0, "V");
const amperes = physicalValue(0, "A");

const noContract = (ResponseCode: Failure) => ({
  ResponseCode,
  SAProvisioningCertificateChain: { Certificate: none },
  ContractSignatureCertChain: { "@Id": "id1", Certificate: none },
  ContractSignatureEncryptedPrivateKey: { "@Id": "id2", "#text": none },
  DHpublickey: { "@Id": "id3", "#text": none },
  eMAID: { "@Id": "id4", "#text": "" },
});

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
  CertificateInstallationReq: (code) => ({ name: "CertificateInstallationRes", message: noContract(code) }),
  CertificateUpdateReq: (code) => ({ name: "CertificateUpdateRes", message: noContract(code) }),
  PaymentDetailsReq: (ResponseCode) => ({
    name: "PaymentDetailsRes",
    message: { ResponseCode, GenChallenge: noChallenge, EVSETimeStamp: 0 },
  }),
  AuthorizationReq: (ResponseCode) => ({
    name: "AuthorizationRes",
    message: { ResponseCode, EVSEProcessing: "Finished" },
  }),
  ChargeParameterDiscoveryReq: (ResponseCode, { evse }) => ({
    name: "ChargeParameterDiscoveryRes",
    message: { ResponseCode, EVSEProcessing: "Finished", ...acChargeParameter(evse) },
  }),
  PowerDeliveryReq: (ResponseCode, session) => ({
    name: "PowerDeliveryRes",
    message: { ResponseCode, ...evseStatus(session) },
  }),
  ChargingStatusReq: (ResponseCode, { evse, tupleId }) => ({
    name: "ChargingStatusRes",
    message: { ResponseCode, EVSEID: evse.evseId, SAScheduleTupleID: tupleId, AC_EVSEStatus: acStatus(evse) },
  }),
  MeteringReceiptReq: (ResponseCode, session) => ({
    name: "MeteringReceiptRes",
    message: { ResponseCode, ...evseStatus(session) },
  }),
  CableCheckReq: (ResponseCode, { evse }) => ({
    name: "CableCheckRes",
    message: { ResponseCode, DC_EVSEStatus: dcStatus(evse), EVSEProcessing: "Finished" },
  }),
  PreChargeReq: (ResponseCode, { evse }) => ({
    name: "PreChargeRes",
    message: { ResponseCode, DC_EVSEStatus: dcStatus(evse), EVSEPresentVoltage: volts },
  }),
  CurrentDemandReq: (ResponseCode, { evse, tupleId }) => ({
    name: "CurrentDemandRes",
    message: {
      ResponseCode,
      DC_EVSEStatus: dcStatus(evse),
      EVSEPresentVoltage: volts,
      EVSEPresentCurrent: amperes,
      EVSECurrentLimitAchieved: false,
      EVSEVoltageLimitAchieved: false,
      EVSEPowerLimitAchieved: false,
      EVSEID: evse.evseId,
      SAScheduleTupleID: tupleId,
    },
  }),
  WeldingDetectionReq: (ResponseCode, { evse }) => ({
    name: "WeldingDetectionRes",
    message: { ResponseCode, DC_EVSEStatus: dcStatus(evse), EVSEPresentVoltage: volts },
  }),
  SessionStopReq: (ResponseCode) => ({ name: "SessionStopRes", message: { ResponseCode } }),
};

/** Refuses a request; every refusal ends the session [V2G2-539]. */
export function refuse(request: RequestName, code: Failure, session: Iso2Session): Step<Iso2, "Terminated"> {
  return { reply: refusals[request](code, session), next: "Terminated" };
}
