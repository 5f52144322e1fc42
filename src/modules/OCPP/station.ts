/** A charge point of OCPP 1.6 with what a module of EVerest around it provides. */
import type { EvsePort, StationPort } from "../../chargePoint/ports.ts";
import type { Publishing } from "../../chargePoint/smartCharging/limits.ts";
import { ChargePoint } from "../../chargePoint/v16/chargePoint.ts";
import type { ErrorReport } from "../../framework/errors.ts";
import type { SecurityEvent } from "../../interfaces/types/ocpp.ts";
import { subprotocol } from "../../ocpp/v16/endpoint.ts";
import { type OcppContext, only } from "../ocppCommon/context.ts";
import { endpointOf } from "../ocppCommon/endpoint.ts";
import type { MessageLog } from "../ocppCommon/messageLog.ts";
import type { Assembly } from "../ocppCommon/service.ts";
import { shell } from "../ocppCommon/shell.ts";
import { stationOf } from "../ocppCommon/station.ts";
import { connect } from "./connect.ts";
import { ocppGeneric } from "./generic.ts";
import { applySettings } from "./settings.ts";
import { logSettings, type Storage } from "./storage.ts";
import { unusedKeys } from "./unused.ts";

export interface StationParts {
  readonly storage: Storage;
  readonly publishing: Publishing;
  /** Told when the connection is there, and when it is gone. */
  isConnected?(connected: boolean): void;
  securityEvent?(event: SecurityEvent): void;
}

/** To be called while the module is set up. */
export function station16(ctx: OcppContext, parts: StationParts) {
  const { storage } = parts;
  const whole = shell<ChargePoint>(ctx, {
    logs: logSettings(storage.config),
    unused: unusedKeys(storage.config),
    assemble: (evses, messageLog) => assemble(ctx, parts, messageLog, evses),
    close: () => storage.close(),
    generic: (service) => ocppGeneric(ctx, service, storage),
  });
  const onError = (error: ErrorReport) =>
    whole.service.tell((point) => point.onError(error.origin.mapping?.evse ?? 0, error));
  ctx.subscribeAllErrors(onError);
  return whole;
}

async function assemble(
  ctx: OcppContext,
  { storage, publishing, isConnected, securityEvent }: StationParts,
  messageLog: MessageLog | undefined,
  evses: readonly EvsePort[],
): Promise<Assembly<ChargePoint>> {
  const { config, database } = storage;
  const { clock, random, log, trace, requires, files } = ctx;
  await applySettings(config, requires);
  const security = only(requires.security, "security");
  const connection = connect(ctx, {
    ...{ config, device: storage.device, messageLog },
    endpointOf: (profile, tls) => endpointOf(profile, { security, files, subprotocol, tls }),
    chargePoint: () => chargePoint,
    isConnected: (connected) => isConnected?.(connected),
  });
  await connection.prepare();
  const publish: StationPort["publish"] = (variable, value) => {
    ctx.provides.ocpp_generic.publish(variable, value);
    if (variable === "security_event") securityEvent?.(value as SecurityEvent);
  };
  const chargePoint = new ChargePoint({
    ...{ clock, random, log, trace, config, database, publishing },
    link: connection.link,
    station: {
      ...stationOf(ctx, evses, {
        applySettings: () => applySettings(config, requires),
        reconnect: () => connection.renew(),
      }),
      publish,
    },
    bootReason: (await requires.system[0]?.call("get_boot_reason")) ?? "PowerUp",
    resumeDelayMs: ctx.config.MessageQueueResumeDelay * 1000,
  });
  return { chargePoint, connection };
}
