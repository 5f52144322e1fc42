import { z } from "zod";
import { type ConfigOf, defineManifest } from "../../framework/manifest.ts";
import { car_simulator } from "../../interfaces/car_simulator.ts";
import { ev_board_support } from "../../interfaces/ev_board_support.ts";
import { ev_manager } from "../../interfaces/ev_manager.ts";
import { ev_slac } from "../../interfaces/ev_slac.ts";
import { ISO15118_ev } from "../../interfaces/ISO15118_ev.ts";
import { kvs } from "../../interfaces/kvs.ts";
import { powermeter } from "../../interfaces/powermeter.ts";

const config = z.object({
  /** Number of the EVSE that the car stands at; part of the external topics. */
  connector_id: z.int(),
  /** Switch the simulation on at the start. */
  auto_enable: z.boolean().default(false),
  /** Run `auto_exec_commands` at the start, with `auto_exec_infinite` again and again. */
  auto_exec: z.boolean().default(false),
  auto_exec_infinite: z.boolean().default(false),
  auto_exec_commands: z.string().default(""),
  /** What the command `plugin` stands for. */
  plugin_commands: z.string().default(""),
  /** Volt between phase and neutral, for the battery's sum. */
  ac_nominal_voltage: z.number().default(230),
  dc_max_current_limit: z.int().default(300),
  dc_max_power_limit: z.int().default(150_000),
  dc_max_voltage_limit: z.int().default(900),
  /** Wh, of the battery in AC sessions too. */
  dc_energy_capacity: z.int().default(60_000),
  dc_target_current: z.int().default(5),
  dc_target_voltage: z.int().default(200),
  /** Offer the bidirectional DC of SAE J2847/2. */
  support_sae_j2847: z.boolean().default(false),
  dc_discharge_max_current_limit: z.int().default(300),
  dc_discharge_max_power_limit: z.int().default(150_000),
  dc_discharge_target_current: z.int().default(5),
  dc_discharge_v2g_minimal_soc: z.int().default(20),
  /** Ampere that the car draws at most on AC. */
  max_current: z.number().default(16),
  three_phases: z.boolean().default(true),
  /** Seconds after the start of a session, for scripts that do not say. */
  departure_time: z.int().default(86_400),
  /** Wh wanted, for scripts that do not say. */
  e_amount: z.int().default(0),
  /** Percent at the start of every script. */
  soc: z.int().default(30),
  /** Plug in again at the start when the car was plugged in at the end; needs `kvs`. */
  keep_cross_boot_plugin_state: z.boolean().default(false),
  /** Insist on the payment option of the script even when the station does not offer it. */
  force_payment_option: z.boolean().default(false),
});
export type Config = ConfigOf<typeof config>;

export const manifest = defineManifest({
  description: "A simulated car that follows a script.",
  config,
  provides: { main: { interface: car_simulator }, ev_manager: { interface: ev_manager } },
  requires: {
    ev_board_support: { interface: ev_board_support, min: 1, max: 1 },
    ev: { interface: ISO15118_ev, min: 0, max: 1 },
    slac: { interface: ev_slac, min: 0, max: 1 },
    powermeter: { interface: powermeter, min: 0, max: 1 },
    kvs: { interface: kvs, min: 0, max: 1 },
  },
  enable_external_mqtt: true,
});
