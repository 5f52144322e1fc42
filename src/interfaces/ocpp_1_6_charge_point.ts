import { z } from "zod";
import { defineInterface } from "../framework/interface.ts";
import { ConfigurationStatus, GetConfigurationResponse, KeyValue, SecurityEvent } from "./types/ocpp.ts";

/** What only OCPP 1.6 has. */
export const ocpp_1_6_charge_point = defineInterface({
  name: "ocpp_1_6_charge_point",
  cmds: {
    stop: { args: {}, result: z.boolean() },
    restart: { args: {}, result: z.boolean() },
    get_configuration_key: { args: { keys: z.array(z.string()) }, result: GetConfigurationResponse },
    set_configuration_key: {
      args: { key: z.string().max(50), value: z.string().max(500) },
      result: ConfigurationStatus,
    },
    monitor_configuration_keys: { args: { keys: z.array(z.string().max(50)) }, result: z.null() },
    security_event: { args: { type: z.string(), info: z.string() }, result: z.null() },
  },
  vars: {
    is_connected: z.boolean(),
    configuration_key: KeyValue,
    security_event: SecurityEvent,
  },
});
