import { defineModule, type ModuleContext } from "../../framework/module.ts";
import { station16 } from "../OCPP/station.ts";
import { openStorage as openStorage16 } from "../OCPP/storage.ts";
import { station201 } from "../OCPP201/station.ts";
import { openStorage as openStorage201 } from "../OCPP201/storage.ts";
import { sayUnused } from "../ocppCommon/unused.ts";
import { manifest } from "./manifest.ts";
import { sharedFiles } from "./sharedFiles.ts";

type Context = ModuleContext<typeof manifest>;

/** A charge point of OCPP 1.6 or 2.0.1, as Mode says; both are configured by a device model. */
export const OCPPmulti = defineModule(manifest, (ctx) => {
  const { Mode, GridSupportHeartbeatS } = ctx.config;
  const gridSupport = { value: GridSupportHeartbeatS, harmless: [60, 0], because: "the CSMS controls no grid support" };
  sayUnused(ctx.log, [{ key: "GridSupportHeartbeatS", ...gridSupport }]);
  return Mode === "Only1.6" || Mode === "Prefer1.6" ? legacy(ctx) : newer(ctx);
});

async function legacy(ctx: Context) {
  const { config, files, log, moduleId } = ctx;
  const [value, because] = [config.CustomMrecErrorMapPath, "OCPP 1.6 has error codes of its own"];
  sayUnused(log, [{ key: "CustomMrecErrorMapPath", value, harmless: [""], because }]);
  const at = await sharedFiles(files, ctx.env.shareDir, config);
  const storage = await openStorage16({
    ...{ files, log, config, at },
    backend: config.EnableLegacyConfigMigration ? "device_model_with_migration" : "device_model",
  });
  const { service: _service, ...instance } = station16(ctx, {
    storage,
    publishing: {
      unit: config.RequestCompositeScheduleUnit,
      duration: config.RequestCompositeScheduleDurationS,
      interval: config.CompositeScheduleIntervalS,
      source: `${moduleId}/OCPP_set_external_limits`,
    },
  });
  return instance;
}

async function newer(ctx: Context) {
  const { config, files } = ctx;
  const at = await sharedFiles(files, ctx.env.shareDir, config);
  const paths = {
    CoreDatabasePath: at(config.CoreDatabasePath),
    DeviceModelDatabasePath: at(config.DeviceModelDatabasePath),
    DeviceModelConfigPath: at(config.DeviceModelConfigPath),
  };
  const evseCount = ctx.requires.evse_manager.length;
  return station201(ctx, await openStorage201({ files, paths, shareDir: ctx.env.shareDir, evseCount }));
}
