import { z } from "zod";
import { type ConfigOf, defineManifest } from "../../framework/manifest.ts";
import { ac_rcd } from "../../interfaces/ac_rcd.ts";
import { connector_lock } from "../../interfaces/connector_lock.ts";
import { ev_board_support } from "../../interfaces/ev_board_support.ts";
import { evse_board_support } from "../../interfaces/evse_board_support.ts";
import { powermeter } from "../../interfaces/powermeter.ts";
import { temperature_sensor } from "../../interfaces/temperature_sensor.ts";

const config = z.object({
  /** Number of the EVSE that this board belongs to; part of the external topics. */
  connector_id: z.int(),
  /** Count energy from zero in every session. */
  reset_powermeter_on_session_start: z.boolean().default(true),
  /** Send the two texts below as signed meter values. They are no signatures: only for tests of what becomes of them. */
  dummy_meter_value_send_on_transaction_start: z.boolean().default(false),
  dummy_meter_value_blob_start: z.string().default("test start value"),
  dummy_meter_value_blob_stop: z.string().default("test stop value"),
  /** Volt between phase and neutral. */
  ac_nominal_voltage: z.number().min(99).default(230),
  /** Hertz. */
  ac_nominal_frequency: z.number().min(50).max(60).default(50),
  /** What the board says it can carry, in ampere; energy management derives the power from it, of DC too. */
  max_current_A_import: z.number().min(0).default(32),
  min_current_A_import: z.number().min(0).default(6),
});
export type Config = ConfigOf<typeof config>;

export const manifest = defineManifest({
  description:
    "A charging board with its meter, residual current monitor and lock, and the car's end of its control pilot.",
  config,
  provides: {
    powermeter: { interface: powermeter },
    temperature_sensor: { interface: temperature_sensor },
    board_support: { interface: evse_board_support },
    ev_board_support: { interface: ev_board_support },
    rcd: { interface: ac_rcd },
    connector_lock: { interface: connector_lock },
  },
  enable_external_mqtt: true,
  enable_telemetry: true,
});
