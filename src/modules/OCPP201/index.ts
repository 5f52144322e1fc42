import type { EvsePort } from "../../chargePoint/ports.ts";
import { ChargePoint } from "../../chargePoint/v201/chargePoint.ts";
import { defineModule } from "../../framework/module.ts";
import { subprotocol } from "../../ocpp/v201/endpoint.ts";
import { only } from "../ocppCommon/context.ts";
import { endpointOf } from "../ocppCommon/endpoint.ts";
import { authValidator, dataTransfer, listen, listenToEvseErrors } from "../ocppCommon/listeners.ts";
import { type MessageLog, openMessageLog } from "../ocppCommon/messageLog.ts";
import { type Assembly, Service } from "../ocppCommon/service.ts";
import { stationOf } from "../ocppCommon/station.ts";
import { sayUnused } from "../ocppCommon/unused.ts";
import { connect } from "./connect.ts";
import { type Context, ocppGeneric } from "./generic.ts";
import { manifest } from "./manifest.ts";
import { applySettings } from "./settings.ts";
import { checkEvses, logSettings, openStorage, type Storage } from "./storage.ts";
import { unusedSettings } from "./unused.ts";

/** An OCPP 2.0.1 charge point. */
export const OCPP201 = defineModule(manifest, async (ctx) => {
  const storage = await openStorage(ctx.files, ctx.config, ctx.env.shareDir);
  const logs = logSettings(storage.model);
  sayUnused(ctx.log, unusedSettings(ctx.config, logs.formats));
  const messageLog = openMessageLog(ctx, logs);
  const service = new Service<ChargePoint>({
    ctx,
    assemble: (evses) => assemble(ctx, { ...storage, messageLog }, evses),
    close: () => storage.close(),
  });
  listen(ctx, service);
  listenToEvseErrors(ctx, service);
  return {
    provides: {
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
  const { model, core, messageLog } = kept;
  const { clock, random, log, trace, config, requires, files } = ctx;
  checkEvses(model, evses);
  await applySettings(model, requires);
  const security = only(requires.security, "security");
  const connection = connect(ctx, {
    ...{ model, messageLog },
    endpointOf: (profile) => endpointOf(profile, { security, files, subprotocol }),
    chargePoint: () => chargePoint,
  });
  await connection.prepare();
  const chargePoint = new ChargePoint({
    ...{ clock, random, log, trace, model },
    database: core,
    link: connection.link,
    station: stationOf(ctx, evses, {
      applySettings: () => applySettings(model, requires),
      reconnect: () => connection.renew(),
    }),
    bootReason: (await requires.system[0]?.call("get_boot_reason")) ?? "PowerUp",
    resumeDelayMs: config.MessageQueueResumeDelay * 1000,
  });
  return { chargePoint, connection };
}
