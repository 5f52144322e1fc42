/** The connection as the configuration of OCPP 1.6 has it: one URL, and a security profile that the CSMS may raise. */
import type { NetworkProfile } from "../../chargePoint/networkProfile.ts";
import { backOffOf } from "../../chargePoint/v16/boot.ts";
import type { ChargePoint } from "../../chargePoint/v16/chargePoint.ts";
import type { Configuration } from "../../chargePoint/v16/configuration/configuration.ts";
import type { Endpoint } from "../../rpc/link.ts";
import { Connection } from "../ocppCommon/connection.ts";
import type { OcppContext } from "../ocppCommon/context.ts";
import type { TlsSettings } from "../ocppCommon/endpoint.ts";
import type { MessageLog } from "../ocppCommon/messageLog.ts";
import { networkProfile, profilesInPriority } from "./profiles.ts";
import type { Storage } from "./storage.ts";

export interface ConnectOptions {
  readonly config: Configuration;
  /** What the keys are kept in, if that is a device model: it may have other slots. */
  readonly device: Storage["device"];
  endpointOf(profile: NetworkProfile, tls: TlsSettings): Promise<Endpoint>;
  readonly chargePoint: () => ChargePoint;
  /** Where messages are kept, if they are. */
  readonly messageLog: MessageLog | undefined;
  /** Told when the connection is there, and when it is gone. */
  isConnected(connected: boolean): void;
}

/** What is wrong with the connection, in the words of 1.6; a CSMS that is not itself is told of though that is not critical. */
const securityEvents: Readonly<Record<string, { readonly type: string; readonly critical: boolean }>> = {
  InvalidCsmsCertificate: { type: "InvalidCentralSystemCertificate", critical: true },
  FailedToAuthenticateAtCsms: { type: "FailedToAuthenticateAtCsms", critical: false },
};

export function connect(ctx: OcppContext, options: ConnectOptions): Connection {
  const { config, device, endpointOf, chargePoint, messageLog, isConnected } = options;
  const { clock, random, log, trace, provides } = ctx;
  /** Attempts go on and on, and so would the events. */
  const told = new Set<string>();
  const connection = new Connection({
    ...{ clock, random, log, trace },
    endpointOf: (profile) => endpointOf(profile, tlsSettings(config)),
    settings: {
      version: "1.6",
      profiles: () =>
        device ? profilesInPriority(device.model, networkProfile(config, device.slot)) : [networkProfile(config)],
      attempts: () => device?.model.value("OCPPCommCtrlr.NetworkProfileConnectionAttempts") || 1,
      backOff: liveBackOff(config),
      pingIntervalMs: () => (config.value("WebSocketPingInterval") ?? 0) * 1000,
      ping: () => ({
        pongTimeoutMs: config.value("WebsocketPongTimeout") * 1000,
        payload: config.value("WebsocketPingPayload"),
      }),
    },
    answer: () => chargePoint().answer,
    connected: () => {
      told.clear();
      isConnected(true);
      chargePoint().connected();
    },
    disconnected: () => {
      isConnected(false);
      chargePoint().disconnected();
    },
    securityEvent: (event, info) => {
      if (told.has(event)) return;
      told.add(event);
      chargePoint().securityEvent({ ...(securityEvents[event] ?? { type: event }), info });
    },
    publishStatus: (status) => provides.ocpp_generic.publish("connection_status", status),
    publishMessage: (message) => {
      provides.ocpp_generic.publish("ocpp_message", message);
      messageLog?.add(message);
    },
  });
  config.onChange(({ key }) => {
    if (key === "WebSocketPingInterval") connection.repace();
    if (key === "VerifyCsmsAllowWildcards") connection.refresh();
  });
  return connection;
}

function tlsSettings(config: Configuration): TlsSettings {
  const named = config.value("VerifyCsmsCommonName");
  return {
    ciphers: [...config.value("SupportedCiphers13"), ...config.value("SupportedCiphers12")].join(":"),
    host: !named ? "any" : config.value("VerifyCsmsAllowWildcards") ? "standard" : "exact",
    publicRoots: config.value("UseSslDefaultVerifyPaths"),
  };
}

/** Asked for each wait anew: the CSMS may change it. */
function liveBackOff(config: Configuration) {
  return {
    get waitMinimumMs() {
      return backOffOf(config).waitMinimumMs;
    },
    get randomRangeMs() {
      return backOffOf(config).randomRangeMs;
    },
    get repeatTimes() {
      return backOffOf(config).repeatTimes;
    },
  };
}
