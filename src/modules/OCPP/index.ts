import { defineModule } from "../../framework/module.ts";
import { chargePointMain } from "./main.ts";
import { manifest } from "./manifest.ts";
import { station16 } from "./station.ts";
import { below, openStorage } from "./storage.ts";

/** An OCPP 1.6 charge point. */
export const OCPP = defineModule(manifest, async (ctx) => {
  const { files, log, config, provides, moduleId, env } = ctx;
  const storage = await openStorage({
    ...{ files, log, config, at: below(env.shareDir) },
    backend: config.ConfigBackend,
    fallBack: config.EnableDeviceModelFallbackToLegacyJson,
  });
  const { service, ...station } = station16(ctx, {
    storage,
    publishing: {
      unit: config.RequestCompositeScheduleUnit,
      duration: config.PublishChargingScheduleDurationS,
      interval: config.PublishChargingScheduleIntervalS,
      source: `${moduleId}/OCPP_set_external_limits`,
    },
    isConnected: (connected) => provides.main.publish("is_connected", connected),
    // Security events are variables of both interfaces.
    securityEvent: (event) => provides.main.publish("security_event", event),
  });
  return { ...station, provides: { main: chargePointMain(ctx, service, storage), ...station.provides } };
});
