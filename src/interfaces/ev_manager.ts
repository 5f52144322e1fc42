import { defineInterface } from "../framework/interface.ts";
import { evse_manager_errors } from "./errors/evse_manager.ts";
import { BspEvent } from "./types/board_support_common.ts";
import { EVInfo } from "./types/evse_manager.ts";

/** What the driver would see in the car. */
export const ev_manager = defineInterface({
  name: "ev_manager",
  vars: {
    bsp_event: BspEvent,
    ev_info: EVInfo,
  },
  errors: [...evse_manager_errors],
});
