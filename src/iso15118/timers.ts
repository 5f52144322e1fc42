/**
 * The timeouts and performance times of ISO 15118-2 (8.7.2, Table 109 for a message each, Table 110 for the session), in milliseconds.
 * A *timeout* ends the wait of the one who asked; a *performance time* is what the other one has to keep.
 */

import type { RequestName } from "./iso2/index.ts";

interface MessageTimes {
  /** V2G_EVCC_Msg_Timeout: how long the EVCC waits for the response. */
  readonly timeout: number;
  /** V2G_SECC_Msg_Performance_Time: the time in which the SECC has to answer. */
  readonly performance: number;
}

const USUAL: MessageTimes = { timeout: 2000, performance: 1500 };
const LONG: MessageTimes = { timeout: 5000, performance: 4500 };
const LOOP: MessageTimes = { timeout: 250, performance: 25 };

/** Table 109. */
export const messageTimes: Readonly<Record<"supportedAppProtocolReq" | RequestName, MessageTimes>> = {
  supportedAppProtocolReq: USUAL,
  SessionSetupReq: USUAL,
  ServiceDiscoveryReq: USUAL,
  ServiceDetailReq: LONG,
  PaymentServiceSelectionReq: USUAL,
  CertificateInstallationReq: LONG,
  CertificateUpdateReq: LONG,
  PaymentDetailsReq: LONG,
  AuthorizationReq: USUAL,
  ChargeParameterDiscoveryReq: USUAL,
  PowerDeliveryReq: LONG,
  ChargingStatusReq: USUAL,
  MeteringReceiptReq: USUAL,
  CableCheckReq: USUAL,
  PreChargeReq: USUAL,
  CurrentDemandReq: LOOP,
  WeldingDetectionReq: USUAL,
  SessionStopReq: USUAL,
};

/** Table 110: times that hold for a part of the session instead of one message. */
export const sessionTimes = {
  /** From the data link to SessionSetupRes, as the EVCC waits and as the SECC performs [V2G2-723]. */
  communicationSetup: { timeout: 20_000, performance: 18_000 },
  /** How long the SECC waits for the next request [V2G2-443]. */
  sequence: { timeout: 60_000 },
  /** How long the EVCC stands `EVSEProcessing` Ongoing, and the SECC may answer so. */
  ongoing: { timeout: 60_000, performance: 55_000 },
  cableCheck: { timeout: 40_000, performance: 38_000 },
  preCharge: { timeout: 7_000, performance: 5_000 },
  /** From PowerDeliveryReq to closed contactors [V2G2-862], [V2G2-865]. */
  contactor: { timeout: 4_500, performance: 3_000 },
} as const;

/** SECC discovery (8.6.3 and 7.10.1): how often, and how long apart, the EVCC asks. */
export const discoveryTimes = { interval: 250, maxRequests: 50 } as const;
