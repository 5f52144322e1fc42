import type { ModuleContext } from "../../framework/module.ts";
import type { manifest } from "./manifest.ts";

export type Context = ModuleContext<typeof manifest>;
export type EvseManager = Context["requires"]["evse_manager"][number];
export type EnergySink = Context["requires"]["evse_energy_sink"][number];
