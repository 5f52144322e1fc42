import { z } from "zod";
import { defineInterface } from "../framework/interface.ts";
import { generic_errors } from "./errors/generic.ts";
import { BspEvent, BspMeasurement } from "./types/board_support_common.ts";
import { EvCpState } from "./types/ev_board_support.ts";
import { EVInfo } from "./types/evse_manager.ts";

/** The car's side of the control pilot and its contactor. */
export const ev_board_support = defineInterface({
  name: "ev_board_support",
  cmds: {
    enable: { args: { value: z.boolean() }, result: z.null() },
    set_cp_state: { args: { cp_state: EvCpState }, result: z.null() },
    allow_power_on: { args: { value: z.boolean() }, result: z.null() },
    diode_fail: { args: { value: z.boolean() }, result: z.null() },
    set_ac_max_current: { args: { current: z.number() }, result: z.null() },
    set_three_phases: { args: { three_phases: z.boolean() }, result: z.null() },
    set_rcd_error: { args: { rcd_current_mA: z.number() }, result: z.null() },
  },
  vars: {
    bsp_event: BspEvent,
    bsp_measurement: BspMeasurement,
    ev_info: EVInfo,
  },
  errors: [...generic_errors],
});
