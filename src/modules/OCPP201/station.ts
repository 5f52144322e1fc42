/** A charge point of OCPP 2.0.1 with what a module of EVerest around it provides. */
import type { EvsePort } from "../../chargePoint/ports.ts";
import { ChargePoint } from "../../chargePoint/v201/chargePoint.ts";
import { subprotocol } from "../../ocpp/v201/endpoint.ts";
import { type OcppContext, only } from "../ocppCommon/context.ts";
import { endpointOf } from "../ocppCommon/endpoint.ts";
import { listenToEvseErrors } from "../ocppCommon/listeners.ts";
import type { MessageLog } from "../ocppCommon/messageLog.ts";
import type { Assembly } from "../ocppCommon/service.ts";
import { shell } from "../ocppCommon/shell.ts";
import { stationOf } from "../ocppCommon/station.ts";
import { connect } from "./connect.ts";
import { ocppGeneric } from "./generic.ts";
import { applySettings } from "./settings.ts";
import { checkEvses, logSettings, type Storage } from "./storage.ts";
import { unusedSettings } from "./unused.ts";

/** What of the module's configuration belongs to OCPP 2.0.1 alone. */
export interface Settings201 {
  readonly CompositeScheduleIntervalS: number;
  readonly RequestCompositeScheduleDurationS: number;
  readonly RequestCompositeScheduleUnit: "A" | "W";
  readonly CustomMrecErrorMapPath: string;
}

type Context201 = OcppContext & { readonly config: Settings201 };

/** To be called while the module is set up. */
export function station201(ctx: Context201, storage: Storage) {
  const { model } = storage;
  if (model.value("ISO15118Ctrlr.PnCEnabled") && !model.value("ISO15118Ctrlr.V2GCertificateInstallationEnabled")) {
    const key = "ISO15118Ctrlr.V2GCertificateInstallationEnabled";
    ctx.log.warn({ key }, `Plug & Charge is on, but the CSMS is not asked for SECC leaves: ${key} is not true`);
  }
  const logs = logSettings(model);
  const { service, ...instance } = shell<ChargePoint>(ctx, {
    logs,
    unused: unusedSettings(ctx.config, logs.formats),
    assemble: (evses, messageLog) => assemble(ctx, storage, messageLog, evses),
    close: () => storage.close(),
    generic: (point) => ocppGeneric(ctx, point, storage),
  });
  listenToEvseErrors(ctx, service);
  return instance;
}

async function assemble(
  ctx: Context201,
  { model, core }: Storage,
  messageLog: MessageLog | undefined,
  evses: readonly EvsePort[],
): Promise<Assembly<ChargePoint>> {
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
    publishing: {
      unit: config.RequestCompositeScheduleUnit,
      duration: config.RequestCompositeScheduleDurationS,
      interval: config.CompositeScheduleIntervalS,
      source: `${ctx.moduleId}/OCPP_set_external_limits`,
    },
  });
  return { chargePoint, connection };
}
