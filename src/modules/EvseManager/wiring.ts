/** From the framework's connections to the ports of an EVSE. */
import type { CallArguments, CommandName, InterfaceDefinition } from "../../framework/interface.ts";
import type { ModuleContext, Requirement } from "../../framework/module.ts";
import type { Logger } from "../../util/log.ts";
import type { manifest } from "./manifest.ts";
import { usesHlc } from "./options.ts";
import type {
  BoardPort,
  DcPort,
  EvsePorts,
  HlcPort,
  LockPort,
  MeterPort,
  PublishPort,
  SlacPort,
  StorePort,
} from "./ports.ts";
import { SessionLog } from "./sessionLog.ts";
import type { EvseTelemetry } from "./telemetry.ts";

export type Context = ModuleContext<typeof manifest>;

/** The meter that bills: on the car's side when there is one. */
export function billingMeter({ requires }: Context): Context["requires"]["powermeter_car_side"][number] | undefined {
  return requires.powermeter_car_side[0] ?? requires.powermeter_grid_side[0];
}

/** ISO 15118 needs both slac and hlc. */
export function hlcConnected({ requires }: Context): boolean {
  return requires.slac.length > 0 && requires.hlc.length > 0;
}

/** @param telemetry hears what is published. */
export function portsOf(ctx: Context, telemetry: EvseTelemetry): EvsePorts {
  const { clock, random, log, trace, provides, requires, config } = ctx;
  const [bsp] = requires.bsp;
  const hlc = usesHlc(config, hlcConnected(ctx));
  const meter = billingMeter(ctx);
  const [lock] = requires.connector_lock;
  const [slac] = requires.slac;
  const [iso15118] = requires.hlc;
  const [store] = requires.store;
  return {
    clock,
    random,
    log,
    trace,
    board: boardPort(sender(log, bsp)),
    lock: lock && lockPort(sender(log, lock)),
    slac: slac && hlc ? slacPort(sender(log, slac)) : undefined,
    hlc: iso15118 && hlc ? hlcPort(sender(log, iso15118)) : undefined,
    dc: config.charge_mode === "DC" ? dcPort(ctx) : undefined,
    meter: meter && meterPort(meter),
    store: store && storePort(ctx, store),
    publish: publishPort(ctx, telemetry),
    errors: {
      raise: (error, details) => {
        provides.evse.raiseError(`evse_manager/${error}`, details);
        if (error === "Inoperative") telemetry.faulted();
      },
      clear: (error, sub_type) => provides.evse.clearError(`evse_manager/${error}`, sub_type),
    },
    sessionLog: config.session_logging ? sessionLog(ctx) : undefined,
    tokensAreHeard: provides.token_provider.listeners.length > 0,
  };
}

type Send<I extends InterfaceDefinition> = <N extends CommandName<I>>(...call: CallArguments<I, N>) => void;

/** Commands that answer nothing are not waited for; one that fails is logged with its name. */
function sender<I extends InterfaceDefinition>(log: Logger, requirement: Requirement<I> | undefined): Send<I> {
  return (...call) => {
    requirement?.call(...call).catch((error: unknown) => {
      const [command] = call;
      log.warn({ command, to: requirement.moduleId, error: String(error) }, "a command was not carried out");
    });
  };
}

type Interfaces = (typeof manifest)["requires"];

function boardPort(send: Send<Interfaces["bsp"]["interface"]>): BoardPort {
  return {
    enable: (value) => send("enable", { value }),
    pwm_on: (value) => send("pwm_on", { value }),
    cp_state_X1: () => send("cp_state_X1"),
    cp_state_F: () => send("cp_state_F"),
    allow_power_on: (value) => send("allow_power_on", { value }),
    ac_switch_three_phases_while_charging: (value) => send("ac_switch_three_phases_while_charging", { value }),
    ac_set_overcurrent_limit_A: (value) => send("ac_set_overcurrent_limit_A", { value }),
  };
}

function lockPort(send: Send<Interfaces["connector_lock"]["interface"]>): LockPort {
  return { lock: () => send("lock"), unlock: () => send("unlock") };
}

function slacPort(send: Send<Interfaces["slac"]["interface"]>): SlacPort {
  return {
    reset: (enable) => send("reset", { enable }),
    enter_bcd: () => send("enter_bcd"),
    leave_bcd: () => send("leave_bcd"),
    dlink_terminate: () => send("dlink_terminate"),
    dlink_error: () => send("dlink_error"),
    dlink_pause: () => send("dlink_pause"),
  };
}

function hlcPort(send: Send<Interfaces["hlc"]["interface"]>): HlcPort {
  return {
    setup: (evse_id, sae_j2847_mode, debug_mode) => send("setup", { evse_id, sae_j2847_mode, debug_mode }),
    set_charging_parameters: (physical_values) => send("set_charging_parameters", { physical_values }),
    session_setup: (setup) => send("session_setup", setup),
    bpt_setup: (bpt_config) => send("bpt_setup", { bpt_config }),
    receipt_is_required: (receipt_required) => send("receipt_is_required", { receipt_required }),
    reset_error: () => send("reset_error"),
    send_error: (error) => send("send_error", { error }),
    authorization_response: (answer) => send("authorization_response", answer),
    ac_contactor_closed: (status) => send("ac_contactor_closed", { status }),
    dlink_ready: (value) => send("dlink_ready", { value }),
    stop_charging: (stop) => send("stop_charging", { stop }),
    pause_charging: (pause) => send("pause_charging", { pause }),
    no_energy_pause_charging: (mode) => send("no_energy_pause_charging", { mode }),
    update_energy_transfer_modes: (modes) =>
      send("update_energy_transfer_modes", { supported_energy_transfer_modes: modes }),
    update_ac_max_current: (max_current) => send("update_ac_max_current", { max_current }),
    update_ac_parameters: (ac_parameters) => send("update_ac_parameters", { ac_parameters }),
    update_ac_maximum_limits: (maximum_limits) => send("update_ac_maximum_limits", { maximum_limits }),
    update_ac_minimum_limits: (minimum_limits) => send("update_ac_minimum_limits", { minimum_limits }),
    update_meter_info: (powermeter) => send("update_meter_info", { powermeter }),
    set_powersupply_capabilities: (capabilities) => send("set_powersupply_capabilities", { capabilities }),
    cable_check_finished: (status) => send("cable_check_finished", { status }),
    update_isolation_status: (isolation_status) => send("update_isolation_status", { isolation_status }),
    update_dc_maximum_limits: (maximum_limits) => send("update_dc_maximum_limits", { maximum_limits }),
    update_dc_minimum_limits: (minimum_limits) => send("update_dc_minimum_limits", { minimum_limits }),
    update_dc_present_values: (present) => send("update_dc_present_values", { present_voltage_current: present }),
  };
}

function dcPort({ log, requires }: Context): DcPort {
  const [supply] = requires.powersupply_DC;
  const [imd] = requires.imd;
  const [monitor] = requires.over_voltage_monitor;
  const toSupply = sender(log, supply);
  const toImd = sender(log, imd);
  const toMonitor = sender(log, monitor);
  return {
    supply: {
      setMode: (mode, phase) => toSupply("setMode", { mode, phase }),
      setExportVoltageCurrent: (voltage, current) => toSupply("setExportVoltageCurrent", { voltage, current }),
    },
    imd: imd && {
      start: () => toImd("start"),
      stop: () => toImd("stop"),
      start_self_test: (test_voltage_V) => toImd("start_self_test", { test_voltage_V }),
    },
    overVoltageMonitor: monitor && {
      set_limits: (emergency_over_voltage_limit_V, error_over_voltage_limit_V) =>
        toMonitor("set_limits", { emergency_over_voltage_limit_V, error_over_voltage_limit_V }),
      start: () => toMonitor("start"),
      stop: () => toMonitor("stop"),
      reset_over_voltage_error: () => toMonitor("reset_over_voltage_error"),
    },
  };
}

function meterPort(meter: Requirement<Interfaces["powermeter_car_side"]["interface"]>): MeterPort {
  return {
    start_transaction: (value) => meter.call("start_transaction", { value }),
    stop_transaction: (transaction_id) => meter.call("stop_transaction", { transaction_id }),
  };
}

/** EVerest's key. */
function storePort(ctx: Context, store: Requirement<Interfaces["store"]["interface"]>): StorePort {
  const key = `${ctx.moduleId}_session`;
  const send = sender(ctx.log, store);
  return {
    async load() {
      const stored = await store.call("load", { key });
      return typeof stored === "string" && stored !== "" ? stored : undefined;
    },
    save: (sessionId) => send("store", { key, value: sessionId ?? "" }),
  };
}

function publishPort({ provides, externalMqtt, config }: Context, telemetry: EvseTelemetry): PublishPort {
  const { evse, energy_grid, random_delay, token_provider } = provides;
  return {
    session_event: (value) => {
      evse.publish("session_event", value);
      telemetry.sessionEvent(value);
    },
    hlc_session_failed: (value) => evse.publish("hlc_session_failed", value),
    limits: (value) => evse.publish("limits", value),
    ev_info: (value) => evse.publish("ev_info", value),
    car_manufacturer: (value) => evse.publish("car_manufacturer", value),
    powermeter: (value) => evse.publish("powermeter", value),
    telemetry: (value) => evse.publish("telemetry", value),
    enforced_limits: (value) => evse.publish("enforced_limits", value),
    hw_capabilities: (value) => evse.publish("hw_capabilities", value),
    supported_energy_transfer_modes: (value) => evse.publish("supported_energy_transfer_modes", value),
    selected_protocol: (value) => evse.publish("selected_protocol", value),
    evse_id: (value) => evse.publish("evse_id", value),
    waiting_for_external_ready: (value) => evse.publish("waiting_for_external_ready", value),
    ready: (value) => evse.publish("ready", value),
    energy_flow_request: (value) => energy_grid.publish("energy_flow_request", value),
    countdown: (value) => random_delay.publish("countdown", value),
    provided_token: (value) => token_provider.publish("provided_token", value),
    nodered: (topic, payload) =>
      externalMqtt.publish(`everest_external/nodered/${config.connector_id}/${topic}`, payload),
  };
}

function sessionLog({ config, clock, files, log, moduleId, externalMqtt }: Context): SessionLog {
  return new SessionLog({
    folder: config.session_logging_path,
    suffix: config.logfile_suffix,
    withMessages: config.session_logging_xml,
    clock,
    files,
    log,
    publish: (line) => externalMqtt.publish(`everest_api/${moduleId}/var/hlc_log`, line),
  });
}
