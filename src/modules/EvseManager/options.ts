/** From the module's configuration to the options of its parts. */
import type { ChargerConfig } from "./charger/model.ts";
import type { DcConfig } from "./dc/model.ts";
import type { EvseOptions } from "./evseOptions.ts";
import type { EvseManagerConfig } from "./manifest.ts";
import type { PilotConfig } from "./pilotModel.ts";

/** Delays that the standards prescribe, in ms: ISO 15118-3 Table 3 T_step_EF, IEC 61851-1, and the pause in X1 of EV Ready. */
const STEP_EF_MS = 4000;
const AFTER_STEP_EF_MS = 750;
const STEP_X1_MS = 3000;

export interface Surroundings {
  readonly moduleId: string;
  /** slac and hlc are connected. */
  readonly hlcConnected: boolean;
  readonly imdConnected: boolean;
  readonly overVoltageMonitorConnected: boolean;
  /** 1 = real time, 0 = without hardware delays. */
  readonly delayFactor: number;
}

export function evseOptions(config: EvseManagerConfig, surroundings: Surroundings): EvseOptions {
  const { moduleId } = surroundings;
  return {
    moduleId,
    evseId: config.evse_id,
    sessionIdType: config.session_id_type,
    charger: chargerConfig(config, surroundings),
    pilot: pilotConfig(config),
    payment: {
      connectorId: config.connector_id,
      moduleId,
      switches: {
        eim: config.payment_enable_eim,
        contract: config.payment_enable_contract,
        centralValidation: config.central_contract_validation_allowed,
        certificateInstallation: config.contract_certificate_installation_enabled,
      },
      autocharge: autocharge(config),
    },
    energy: {
      uuid: moduleId,
      nominalVoltage: config.ac_nominal_voltage,
      requestZeroPowerInIdle: config.request_zero_power_in_idle,
      randomDelay: {
        enabled: config.uk_smartcharging_random_delay_enable,
        maxSeconds: config.uk_smartcharging_random_delay_max_duration,
        atAnyChange: config.uk_smartcharging_random_delay_at_any_change,
      },
    },
    dc: dcConfig(config, surroundings),
    initialMeterValueTimeoutMs: config.initial_meter_value_timeout_ms,
    waitForExternalReady: config.external_ready_to_start_charging,
    tellEimOnlyWhenReady: config.dbg_hlc_auth_after_tstep,
    inoperativeUsesVendorId: config.inoperative_error_use_vendor_id,
    ...(config.zero_power_ignore_pause ? {} : { noEnergyPause: noEnergyPause(config) }),
  };
}

/** ISO 15118 is spoken when it is configured and there is somebody to speak it. */
export function usesHlc(config: EvseManagerConfig, hlcConnected: boolean): boolean {
  return hlcConnected && (config.ac_hlc_enabled || config.charge_mode === "DC");
}

function chargerConfig(config: EvseManagerConfig, { hlcConnected, delayFactor }: Surroundings): ChargerConfig {
  return {
    chargeMode: config.charge_mode,
    hlc: usesHlc(config, hlcConnected),
    startWith5Percent: config.ac_hlc_use_5percent,
    enforceHlc: config.ac_enforce_hlc,
    freeService: config.disable_authentication,
    raiseMrec9: config.raise_mrec9,
    failOnPowermeterErrors: config.fail_on_powermeter_errors,
    pwmDelayMs: config.sleep_before_enabling_pwm_hlc_mode_ms * delayFactor,
    stepEfMs: STEP_EF_MS * delayFactor,
    afterStepEfMs: AFTER_STEP_EF_MS * delayFactor,
    stepX1Ms: STEP_X1_MS * delayFactor,
    stateFAfterFaultMs: config.state_F_after_fault_ms * delayFactor,
    switchPhasesMs: config.switch_3ph1ph_delay_s * 1000 * delayFactor,
    switchPhasesIn: config.switch_3ph1ph_cp_state,
    chargeLoopWithoutEnergyMs: config.hlc_charge_loop_without_energy_timeout_s * 1000,
    overCurrent: {
      tolerancePercent: config.soft_over_current_tolerance_percent,
      noiseA: config.soft_over_current_measurement_noise_A,
      timeoutMs: config.soft_over_current_timeout_ms,
    },
  };
}

function pilotConfig(config: EvseManagerConfig): PilotConfig {
  return {
    hasVentilation: config.has_ventilation,
    lockInStateB: config.lock_connector_in_state_b,
    unlockWhenDeauthorized: config.unlock_when_deauthorized,
    limitSimplifiedModeTo10A: config.hack_simplified_mode_limit_10A,
  };
}

/** Ohm to earth; megawatt outlets are stricter (IEC 61851-23-3). */
const FAULT_RESISTANCE = 100_000;
const FAULT_RESISTANCE_MCS = 125_000;

function dcConfig(config: EvseManagerConfig, surroundings: Surroundings): DcConfig {
  return {
    hasImd: surroundings.imdConnected,
    hasOverVoltageMonitor: surroundings.overVoltageMonitorConnected,
    isolationVoltage: config.dc_isolation_voltage_V > 0 ? config.dc_isolation_voltage_V : undefined,
    measurements: config.cable_check_wait_number_of_imd_measurements,
    selfTest: config.cable_check_enable_imd_self_test,
    earlySelfTestVoltage: config.cable_check_enable_imd_self_test_relays_open
      ? config.cable_check_relays_open_voltage_V
      : undefined,
    contactorTimeoutMs: config.cable_check_relays_closed_timeout_s * 1000,
    waitForSafeVoltage: config.cable_check_wait_below_60V_before_finish,
    faultResistance: config.connector_type === "cMCS" ? FAULT_RESISTANCE_MCS : FAULT_RESISTANCE,
    rampPerSecond: config.dc_ramp_ampere_per_second,
    overVoltageMs: config.internal_over_voltage_duration_ms,
    plausibleSpread: config.voltage_plausibility_max_spread_threshold_V,
    implausibleMs: config.voltage_plausibility_fault_duration_ms,
    pauseImdDuringPreCharge: config.hack_pause_imd_during_precharge,
    fillUpWholeAmperes: config.hack_fix_hlc_integer_current_requests,
    passOverOddTargets: config.hack_skoda_enyaq,
    presentCurrentOffset: config.hack_present_current_offset,
  };
}

function autocharge(config: EvseManagerConfig): "off" | "evccId" | "slac" {
  if (!config.enable_autocharge) return "off";
  return config.autocharge_use_slac_instead_of_hlc ? "slac" : "evccId";
}

function noEnergyPause(config: EvseManagerConfig): "PauseBeforeCableCheck" | "AllowEvToIgnorePause" {
  return config.zero_power_allow_ev_to_ignore_pause ? "AllowEvToIgnorePause" : "PauseBeforeCableCheck";
}
