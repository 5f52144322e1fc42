import type { EvsePort, StationPort } from "../../chargePoint/ports.ts";
import { ChargePoint } from "../../chargePoint/v16/chargePoint.ts";
import { defineModule } from "../../framework/module.ts";
import type { SecurityEvent } from "../../interfaces/types/ocpp.ts";
import { subprotocol } from "../../ocpp/v16/endpoint.ts";
import { only } from "../ocppCommon/context.ts";
import { endpointOf } from "../ocppCommon/endpoint.ts";
import { authValidator, dataTransfer, listen } from "../ocppCommon/listeners.ts";
import { type MessageLog, openMessageLog } from "../ocppCommon/messageLog.ts";
import { type Assembly, Service } from "../ocppCommon/service.ts";
import { stationOf } from "../ocppCommon/station.ts";
import { sayUnused } from "../ocppCommon/unused.ts";
import { connect } from "./connect.ts";
import type { Context } from "./context.ts";
import { ocppGeneric } from "./generic.ts";
import { chargePointMain } from "./main.ts";
import { manifest } from "./manifest.ts";
import { applySettings } from "./settings.ts";
import { logSettings, openStorage, type Storage } from "./storage.ts";
import { unusedKeys } from "./unused.ts";

/** An OCPP 1.6 charge point. */
export const OCPP = defineModule(manifest, async (ctx) => {
  const storage = await openStorage(ctx.files, ctx.config, ctx.env.shareDir);
  sayUnused(ctx.log, unusedKeys(storage.config));
  const messageLog = openMessageLog(ctx, logSettings(storage.config));
  const service = new Service<ChargePoint>({
    ctx,
    assemble: (evses) => assemble(ctx, { ...storage, messageLog }, evses),
    close: () => storage.close(),
  });
  listen(ctx, service);
  ctx.subscribeAllErrors((error) => service.tell((point) => point.onError(error.origin.mapping?.evse ?? 0, error)));
  return {
    provides: {
      main: chargePointMain(ctx, service, storage),
      auth_validator: authValidator(ctx, service),
      auth_provider: {},
      data_transfer: dataTransfer(service),
      ocpp_generic: ocppGeneric(ctx, service, storage),
      session_cost: {},
    },
    ready: () => service.start(),
    async stop() {
      await service.stop();
      await messageLog?.settled();
    },
  };
});

interface Kept extends Storage {
  readonly messageLog: MessageLog | undefined;
}

async function assemble(ctx: Context, kept: Kept, evses: readonly EvsePort[]): Promise<Assembly<ChargePoint>> {
  const { config, database, messageLog } = kept;
  const { clock, random, log, trace, requires, files } = ctx;
  await applySettings(config, requires);
  const security = only(requires.security, "security");
  const connection = connect(ctx, {
    ...{ config, messageLog },
    endpointOf: (profile, tls) => endpointOf(profile, { security, files, subprotocol, tls }),
    chargePoint: () => chargePoint,
  });
  await connection.prepare();
  const chargePoint = new ChargePoint({
    ...{ clock, random, log, trace, config, database },
    link: connection.link,
    station: {
      ...stationOf(ctx, evses, {
        applySettings: () => applySettings(config, requires),
        reconnect: () => connection.renew(),
      }),
      publish: publisher(ctx),
    },
    bootReason: (await requires.system[0]?.call("get_boot_reason")) ?? "PowerUp",
    resumeDelayMs: ctx.config.MessageQueueResumeDelay * 1000,
    publishing: {
      unit: ctx.config.RequestCompositeScheduleUnit,
      duration: ctx.config.PublishChargingScheduleDurationS,
      interval: ctx.config.PublishChargingScheduleIntervalS,
      source: `${ctx.moduleId}/OCPP_set_external_limits`,
    },
  });
  return { chargePoint, connection };
}

/** Security events are variables of both interfaces. */
function publisher({ provides }: Context): StationPort["publish"] {
  return (variable, value) => {
    provides.ocpp_generic.publish(variable, value);
    if (variable === "security_event") provides.main.publish("security_event", value as SecurityEvent);
  };
}
