import { defineModule } from "../../framework/module.ts";
import { manifest } from "./manifest.ts";
import { station201 } from "./station.ts";
import { openStorage } from "./storage.ts";

/** An OCPP 2.0.1 charge point. */
export const OCPP201 = defineModule(manifest, async (ctx) => {
  const storage = await openStorage({
    ...{ files: ctx.files, paths: ctx.config, shareDir: ctx.env.shareDir },
    evseCount: ctx.requires.evse_manager.length,
  });
  return station201(ctx, storage);
});
