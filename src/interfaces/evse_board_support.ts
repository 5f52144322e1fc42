import { z } from "zod";
import { defineInterface } from "../framework/interface.ts";
import { ac_rcd_errors } from "./errors/ac_rcd.ts";
import { evse_board_support_errors } from "./errors/evse_board_support.ts";
import { BspEvent, ProximityPilot } from "./types/board_support_common.ts";
import { HardwareCapabilities, PowerOnOff, Telemetry } from "./types/evse_board_support.ts";
import { StopTransactionRequest } from "./types/evse_manager.ts";

/** The station's side of the control pilot and its contactors (IEC 61851-1). */
export const evse_board_support = defineInterface({
  name: "evse_board_support",
  cmds: {
    enable: { args: { value: z.boolean() }, result: z.null() },
    pwm_on: { args: { value: z.number().min(0).max(100) }, result: z.null() },
    cp_state_X1: { args: {}, result: z.null() },
    cp_state_F: { args: {}, result: z.null() },
    cp_state_E: { args: {}, result: z.null() },
    allow_power_on: { args: { value: PowerOnOff }, result: z.null() },
    ac_switch_three_phases_while_charging: { args: { value: z.boolean() }, result: z.null() },
    ac_set_overcurrent_limit_A: { args: { value: z.number() }, result: z.null() },
  },
  vars: {
    event: BspEvent,
    ac_nr_of_phases_available: z.int().min(1).max(3),
    telemetry: Telemetry,
    capabilities: HardwareCapabilities,
    ac_pp_ampacity: ProximityPilot,
    request_stop_transaction: StopTransactionRequest,
  },
  errors: [...evse_board_support_errors, ...ac_rcd_errors],
});
