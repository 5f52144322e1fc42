import { z } from "zod";
import { type ConfigOf, defineManifest } from "../../framework/manifest.ts";
import { ac_rcd } from "../../interfaces/ac_rcd.ts";
import { auth_token_provider } from "../../interfaces/auth_token_provider.ts";
import { connector_lock } from "../../interfaces/connector_lock.ts";
import { dc_external_derate } from "../../interfaces/dc_external_derate.ts";
import { energy } from "../../interfaces/energy.ts";
import { evse_board_support } from "../../interfaces/evse_board_support.ts";
import { evse_manager } from "../../interfaces/evse_manager.ts";
import { ISO15118_charger } from "../../interfaces/ISO15118_charger.ts";
import { isolation_monitor } from "../../interfaces/isolation_monitor.ts";
import { kvs } from "../../interfaces/kvs.ts";
import { over_voltage_monitor } from "../../interfaces/over_voltage_monitor.ts";
import { power_supply_DC } from "../../interfaces/power_supply_DC.ts";
import { powermeter } from "../../interfaces/powermeter.ts";
import { slac } from "../../interfaces/slac.ts";
import { uk_random_delay } from "../../interfaces/uk_random_delay.ts";

const milliseconds = z.int().min(0);
const seconds = z.int().min(0);

/** Of what the module cannot do. */
const isFalse = (value: boolean) => !value;

const config = z.strictObject({
  /** Number of this EVSE: its id in Auth, OCPP and topics. */
  connector_id: z.int().min(1).max(128),
  /** A ConnectorTypeEnum value, reported by get_evse. */
  connector_type: z.string().default("Unknown"),
  /** EVSEID of ISO 15118-2 and OCPP. */
  evse_id: z.string().default("DE*PNX*E1234567*1"),
  /** EVSEID of DIN SPEC 91286. */
  evse_id_din: z.string().default("49A80737A45678"),

  /** Offer ExternalPayment. */
  payment_enable_eim: z.boolean().default(true),
  /** Offer Contract (Plug & Charge); the OCPP module replaces it. */
  payment_enable_contract: z.boolean().default(true),
  /** A contract whose chain the station cannot check may be checked by the CSMS; the OCPP module replaces it. */
  central_contract_validation_allowed: z.boolean().default(false),
  /** Offer the certificate service; the OCPP 2.0.1 module replaces it. */
  contract_certificate_installation_enabled: z.boolean().default(true),
  /** Publish the car's MAC address as a token. */
  enable_autocharge: z.boolean().default(false),
  /** Take that address from SLAC instead of the EVCCID. */
  autocharge_use_slac_instead_of_hlc: z.boolean().default(false),
  /** Everybody may charge: no Auth module is asked. */
  disable_authentication: z.boolean().default(false),
  /** Raise evse_manager/MREC9AuthorizationTimeout when nobody authorizes a plugged car. */
  raise_mrec9: z.boolean().default(false),

  charge_mode: z.enum(["AC", "DC"]).default("AC"),
  /** Use ISO 15118 on AC; Plug & Charge needs it. */
  ac_hlc_enabled: z.boolean().default(false),
  /** Start with 5 % PWM; false = X1, with which few cars speak ISO 15118. */
  ac_hlc_use_5percent: z.boolean().default(true),
  /** Keep 5 % PWM even after EIM; not compliant with ISO 15118-3. */
  ac_enforce_hlc: z.boolean().default(false),
  ac_with_soc: z
    .boolean()
    .refine(isFalse, "false: this module does not read the state of charge on AC, because it runs no DC session for it")
    .default(false),
  /** Volt between phase and neutral. */
  ac_nominal_voltage: z.number().positive().default(230),
  /** var; 0 = none. */
  ac_max_reactive_power: z.number().min(0).default(0),
  supported_iso_ac_bpt: z.boolean().default(false),
  ev_receipt_required: z.boolean().default(false),
  /** State D is served. */
  has_ventilation: z.boolean().default(true),
  lock_connector_in_state_b: z.boolean().default(true),
  /** Release the plug while nobody is authorized and the contactor is open. */
  unlock_when_deauthorized: z.boolean().default(false),
  sleep_before_enabling_pwm_hlc_mode_ms: milliseconds.default(500),
  /** 0 = no state F after a fault. */
  state_F_after_fault_ms: milliseconds.default(300),
  switch_3ph1ph_delay_s: seconds.default(10),
  switch_3ph1ph_cp_state: z.enum(["X1", "F"]).default("X1"),
  soft_over_current_tolerance_percent: z.number().min(0).default(10),
  soft_over_current_measurement_noise_A: z.number().min(0).default(0.5),
  soft_over_current_timeout_ms: z.int().min(6000).default(7000),
  /** 0 = the charge loop ends at once when there is no energy. */
  hlc_charge_loop_without_energy_timeout_s: seconds.default(5),
  /** Do not announce a pause before cable check when there is no energy. */
  zero_power_ignore_pause: z.boolean().default(true),
  zero_power_allow_ev_to_ignore_pause: z.boolean().default(false),
  request_zero_power_in_idle: z.boolean().default(false),

  uk_smartcharging_random_delay_enable: z.boolean().default(false),
  uk_smartcharging_random_delay_max_duration: z.int().min(1).default(600),
  uk_smartcharging_random_delay_at_any_change: z.boolean().default(true),

  /** 0 = do not wait for a meter value before the EVSE is ready. */
  initial_meter_value_timeout_ms: milliseconds.default(5000),
  fail_on_powermeter_errors: z.boolean().default(true),
  /** Wait for the command external_ready_to_start_charging. */
  external_ready_to_start_charging: z.boolean().default(false),
  inoperative_error_use_vendor_id: z.boolean().default(false),
  session_id_type: z.enum(["UUID", "UUID_BASE64", "SHORT_BASE64"]).default("UUID"),
  session_logging: z.boolean().default(false),
  session_logging_path: z.string().default("/tmp"),
  session_logging_xml: z.boolean().default(true),
  /** Name of a session's log folder; `session_uuid` stands for the session's id. */
  logfile_suffix: z.string().default("session_uuid"),
  /** Tell HLC of an EIM authorization only when the EVSE is ready to charge. */
  dbg_hlc_auth_after_tstep: z.boolean().default(false),

  /** Volt; 0 = as IEC 61851-23 says. */
  dc_isolation_voltage_V: z.int().min(0).default(0),
  dc_ramp_ampere_per_second: z.int().min(1).default(25),
  cable_check_wait_number_of_imd_measurements: z.int().min(0).default(1),
  cable_check_enable_imd_self_test: z.boolean().default(true),
  cable_check_enable_imd_self_test_relays_open: z.boolean().default(false),
  cable_check_relays_open_voltage_V: z.int().min(0).default(48),
  cable_check_relays_closed_timeout_s: seconds.default(5),
  cable_check_wait_below_60V_before_finish: z.boolean().default(true),
  internal_over_voltage_duration_ms: milliseconds.default(400),
  voltage_plausibility_max_spread_threshold_V: z.number().min(0).default(50),
  voltage_plausibility_fault_duration_ms: milliseconds.default(30000),
  sae_j2847_2_bpt_enabled: z
    .boolean()
    .refine(isFalse, "false: this module does not do SAE J2847/2, because it feeds nothing back to the grid")
    .default(false),
  sae_j2847_2_bpt_mode: z.enum(["V2H", "V2G"]).default("V2G"),
  bpt_channel: z.enum(["None", "Unified", "Separated"]).default("None"),
  bpt_generator_mode: z.enum(["None", "GridFollowing", "GridForming"]).default("None"),
  bpt_grid_code_island_method: z.enum(["None", "Active", "Passive"]).default("None"),

  hack_skoda_enyaq: z.boolean().default(false),
  hack_present_current_offset: z.int().default(0),
  hack_pause_imd_during_precharge: z.boolean().default(false),
  hack_allow_bpt_with_iso2: z.boolean().default(false),
  /** Limit cars without PWM communication (simplified mode) to 10 A. */
  hack_simplified_mode_limit_10A: z.boolean().default(false),
  hack_fix_hlc_integer_current_requests: z.boolean().default(false),
});

const upToOne = <I>(definition: I) => ({ interface: definition, min: 0, max: 1 }) as const;

export const manifest = defineManifest({
  description: "Runs one EVSE: control pilot, contactor, sessions, transactions and the side of it that ISO 15118 sees",
  config,
  provides: {
    evse: { interface: evse_manager },
    energy_grid: { interface: energy },
    token_provider: { interface: auth_token_provider },
    random_delay: { interface: uk_random_delay },
    dc_external_derate: { interface: dc_external_derate },
  },
  requires: {
    bsp: { interface: evse_board_support },
    ac_rcd: upToOne(ac_rcd),
    connector_lock: upToOne(connector_lock),
    powermeter_grid_side: upToOne(powermeter),
    powermeter_car_side: upToOne(powermeter),
    slac: upToOne(slac),
    hlc: upToOne(ISO15118_charger),
    imd: upToOne(isolation_monitor),
    over_voltage_monitor: upToOne(over_voltage_monitor),
    powersupply_DC: upToOne(power_supply_DC),
    store: upToOne(kvs),
  },
  enable_external_mqtt: true,
  enable_telemetry: true,
});

export type EvseManagerConfig = ConfigOf<typeof config>;
