/** What the EVSE's manager hears when a session is over. */
import type { HlcSessionFailedReasonEnum } from "../interfaces/types/evse_manager.ts";
import type { SessionEnd } from "./protocolSession.ts";

/** EVerest's word for a session that broke off, by the last request that was understood. */
const reasons: Readonly<Record<SessionEnd["lastRequest"], HlcSessionFailedReasonEnum | undefined>> = {
  supportedAppProtocolReq: "ProtocolNegotiationFailed",
  SessionSetupReq: "ProtocolNegotiationFailed",
  ServiceDiscoveryReq: "ChargingParametersNotAccepted",
  ServiceDetailReq: "ChargingParametersNotAccepted",
  ChargeParameterDiscoveryReq: "ChargingParametersNotAccepted",
  PaymentServiceSelectionReq: "AuthorizationFailed",
  ServicePaymentSelectionReq: "AuthorizationFailed",
  PaymentDetailsReq: "AuthorizationFailed",
  AuthorizationReq: "AuthorizationFailed",
  ContractAuthenticationReq: "AuthorizationFailed",
  CertificateInstallationReq: "AuthorizationFailed",
  CertificateUpdateReq: "AuthorizationFailed",
  CableCheckReq: "EnergyTransferSetupFailed",
  PreChargeReq: "EnergyTransferSetupFailed",
  PowerDeliveryReq: "EnergyTransferSetupFailed",
  CurrentDemandReq: "ChargingInterrupted",
  ChargingStatusReq: "ChargingInterrupted",
  MeteringReceiptReq: "ChargingInterrupted",
  WeldingDetectionReq: undefined,
  SessionStopReq: undefined,
};

/** Undefined when the session ended as it should, or when the EVSE had asked for its end. */
export function failureReason(end: SessionEnd, stopWanted: boolean): HlcSessionFailedReasonEnum | undefined {
  return end.how === "broken" && !stopWanted ? reasons[end.lastRequest] : undefined;
}

/** What becomes of the data link after a session. */
export const linkEffects = { terminated: "dlink_terminate", paused: "dlink_pause", broken: "dlink_error" } as const;
