import { z } from "zod";
import { defineInterface } from "../framework/interface.ts";
import { power_supply_DC_errors } from "./errors/power_supply_DC.ts";
import { Capabilities, ChargingPhase, Mode, VoltageCurrent } from "./types/power_supply_DC.ts";

/** A controllable DC source, and sink when it can feed back. */
export const power_supply_DC = defineInterface({
  name: "power_supply_DC",
  cmds: {
    setMode: { args: { mode: Mode, phase: ChargingPhase }, result: z.null() },
    setExportVoltageCurrent: { args: { voltage: z.number(), current: z.number() }, result: z.null() },
    setImportVoltageCurrent: { args: { voltage: z.number(), current: z.number() }, result: z.null() },
  },
  vars: {
    voltage_current: VoltageCurrent,
    mode: Mode,
    capabilities: Capabilities,
  },
  errors: [...power_supply_DC_errors],
});
