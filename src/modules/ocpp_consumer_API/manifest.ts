import { z } from "zod";
import { defineManifest } from "../../framework/manifest.ts";
import { generic_error } from "../../interfaces/generic_error.ts";
import { ocpp } from "../../interfaces/ocpp.ts";
import { ocpp_data_transfer } from "../../interfaces/ocpp_data_transfer.ts";

export const manifest = defineManifest({
  description: "OCPP for programs outside the station, on MQTT topics",
  config: z.strictObject({
    /** Seconds within which the program outside must say that it is there; 0 or less is never. */
    cfg_communication_check_to_s: z.int().default(5),
    /** Milliseconds between two signs of life; 0 or less is none. */
    cfg_heartbeat_interval_ms: z.int().default(1000),
    /** Seconds for which the program outside may think about a data transfer. */
    cfg_request_reply_to_s: z.int().min(1).max(550).default(550),
    /** Keeps what was told last for who asks for it. */
    latch_variable_values: z.boolean().default(true),
  }),
  provides: { main: { interface: ocpp_data_transfer }, generic_error: { interface: generic_error } },
  requires: { ocpp: { interface: ocpp }, data_transfer: { interface: ocpp_data_transfer } },
  enable_external_mqtt: true,
});
