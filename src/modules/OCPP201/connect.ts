/** The connection as the variables of OCPP 2.0.1 have it (B09, B10, A01). */
import type { DeviceModel } from "../../chargePoint/deviceModel/deviceModel.ts";
import type { NetworkProfile } from "../../chargePoint/networkProfile.ts";
import type { ChargePoint } from "../../chargePoint/v201/chargePoint.ts";
import { networkProfiles } from "../../chargePoint/v201/networkProfiles.ts";
import type { ConnectionStatus } from "../../interfaces/types/ocpp.ts";
import type { Endpoint } from "../../rpc/link.ts";
import { Connection, type ConnectionSettings } from "../ocppCommon/connection.ts";
import type { OcppContext } from "../ocppCommon/context.ts";
import type { MessageLog } from "../ocppCommon/messageLog.ts";

export interface ConnectOptions {
  readonly model: DeviceModel;
  endpointOf(profile: NetworkProfile): Promise<Endpoint>;
  readonly chargePoint: () => ChargePoint;
  /** Where messages are kept, if they are. */
  readonly messageLog: MessageLog | undefined;
}

const profileVariables: readonly string[] = [
  "InternalCtrlr.NetworkConnectionProfiles",
  "OCPPCommCtrlr.NetworkConfigurationPriority",
];

export function connect(ctx: OcppContext, { model, endpointOf, chargePoint, messageLog }: ConnectOptions): Connection {
  const { clock, random, log, trace, provides } = ctx;
  const connection = new Connection({
    ...{ clock, random, log, trace, endpointOf },
    settings: settingsOf(model),
    answer: () => chargePoint().answer,
    connected: () => chargePoint().connected(),
    disconnected: () => chargePoint().disconnected(),
    securityEvent: (type, info) => chargePoint().securityEvent({ type, info }),
    publishStatus(status) {
      if (status.connected) showActive(model, status);
      provides.ocpp_generic.publish("connection_status", status);
    },
    publishMessage: (message) => {
      provides.ocpp_generic.publish("ocpp_message", message);
      messageLog?.add(message);
    },
  });
  model.onChange(({ address }) => {
    if (address === "OCPPCommCtrlr.WebSocketPingInterval") connection.repace();
    // Once more with the new password, so that a wrong one shows at once (A01). New profiles wait for the next connection (B09).
    if (address === "SecurityCtrlr.BasicAuthPassword") connection.renew();
    if (profileVariables.includes(address)) connection.refresh();
  });
  return connection;
}

/** The profile in use, which others must not be less secure than (B09, A05). */
function showActive(model: DeviceModel, { configuration_slot, security_profile }: ConnectionStatus): void {
  if (configuration_slot !== undefined) model.show("OCPPCommCtrlr.ActiveNetworkProfile", String(configuration_slot));
  if (security_profile !== undefined) model.show("SecurityCtrlr.SecurityProfile", String(security_profile));
}

function settingsOf(model: DeviceModel): ConnectionSettings {
  const seconds = (name: "RetryBackOffWaitMinimum" | "RetryBackOffRandomRange" | "WebSocketPingInterval") =>
    (model.value(`OCPPCommCtrlr.${name}`) ?? 0) * 1000;
  return {
    version: "2.0.1",
    profiles: () => networkProfiles(model),
    attempts: () => model.value("OCPPCommCtrlr.NetworkProfileConnectionAttempts") || 1,
    backOff: {
      get waitMinimumMs() {
        return seconds("RetryBackOffWaitMinimum");
      },
      get randomRangeMs() {
        return seconds("RetryBackOffRandomRange");
      },
      get repeatTimes() {
        return model.value("OCPPCommCtrlr.RetryBackOffRepeatTimes") ?? 0;
      },
    },
    pingIntervalMs: () => seconds("WebSocketPingInterval"),
    ping: () => ({
      pongTimeoutMs: (model.value("InternalCtrlr.WebsocketPongTimeout") ?? 0) * 1000,
      payload: model.value("InternalCtrlr.WebsocketPingPayload") ?? "",
    }),
  };
}
