import { z } from "zod";
import { defineInterface } from "../framework/interface.ts";
import {
  AcTargetPower,
  DcEvBPTParameters,
  DcEvParameters,
  EnergyTransferMode,
  SelectedPaymentOption,
} from "./types/iso15118.ts";

/** The car's side of ISO 15118 and DIN SPEC 70121 (EVCC). */
export const ISO15118_ev = defineInterface({
  name: "ISO15118_ev",
  cmds: {
    start_charging: {
      args: {
        EnergyTransferMode: EnergyTransferMode,
        SelectedPaymentOption: SelectedPaymentOption,
        DepartureTime: z.number(),
        EAmount: z.number(),
      },
      result: z.boolean(),
    },
    stop_charging: { args: {}, result: z.null() },
    pause_charging: { args: {}, result: z.null() },
    set_fault: { args: {}, result: z.null() },
    set_dc_params: { args: { EvParameters: DcEvParameters }, result: z.null() },
    set_bpt_dc_params: { args: { EvBPTParameters: DcEvBPTParameters }, result: z.null() },
    enable_sae_j2847_v2g_v2h: { args: {}, result: z.null() },
    update_soc: { args: { SoC: z.number().min(0) }, result: z.null() },
  },
  vars: {
    v2g_session_finished: z.null(),
    ev_power_ready: z.boolean(),
    ac_evse_max_current: z.number().min(0).max(400),
    ac_evse_target_power: AcTargetPower,
    dc_power_on: z.null(),
    stop_from_charger: z.null(),
    pause_from_charger: z.null(),
  },
});
