import { defineModule, type ModuleContext } from "../../framework/module.ts";
import { UserError } from "../../util/errors.ts";
import type { CarBoard, CarHlc, CarSlac } from "./car.ts";
import { type Config, manifest } from "./manifest.ts";
import { PlugMemory, type Store } from "./memory.ts";
import { checkConfiguredScripts, Simulator } from "./simulator.ts";

type Context = ModuleContext<typeof manifest>;

export const EvManager = defineModule(manifest, (ctx) => {
  const { config, clock, log, provides, simulation } = ctx;
  const connections = { slac: ctx.requires.slac.length > 0, ev: ctx.requires.ev.length > 0 };
  checkConfiguredScripts(config, connections);
  const memory = new PlugMemory(storeOf(ctx), `EvManager_${ctx.moduleId}`);
  const [hlc, slac] = [hlcOf(ctx), slacOf(ctx)];
  const simulator = new Simulator({
    config,
    delayFactor: simulation.delayFactor,
    connections,
    ports: {
      ...{ clock, log, board: boardOf(ctx) },
      ...(hlc && { hlc }),
      ...(slac && { slac }),
      tellInfo: (info) => provides.ev_manager.publish("ev_info", info),
    },
    tellEnabled: (enabled) => provides.main.publish("enabled", enabled),
    remember: (pluggedIn, script) => memory.remember(pluggedIn, script),
  });
  followBoard(ctx, simulator);
  followCommunication(ctx, simulator);
  takeOrders(ctx, simulator);

  return {
    provides: {
      main: {
        enable: ({ value }) => simulator.enable(value).then(() => null),
        execute_charging_session: ({ value }) => simulator.execute(value).then(() => null),
      },
      ev_manager: {},
    },
    async ready() {
      await tellLimits(ctx, config);
      const script = config.keep_cross_boot_plugin_state ? await memory.recall() : undefined;
      if (config.auto_enable) await simulator.enable(true);
      if (script !== undefined) await simulator.modify(script);
      if (config.auto_exec) await simulator.execute(config.auto_exec_commands);
    },
    stop: () => simulator.stop(),
  };
});

function boardOf({ requires }: Context): CarBoard {
  const [board] = requires.ev_board_support;
  if (!board) throw new UserError("EvManager needs a connection 'ev_board_support'");
  return {
    enable: (value) => board.call("enable", { value }),
    set_cp_state: (cp_state) => board.call("set_cp_state", { cp_state }),
    allow_power_on: (value) => board.call("allow_power_on", { value }),
    diode_fail: (value) => board.call("diode_fail", { value }),
    set_ac_max_current: (current) => board.call("set_ac_max_current", { current }),
    set_three_phases: (three_phases) => board.call("set_three_phases", { three_phases }),
    set_rcd_error: (rcd_current_mA) => board.call("set_rcd_error", { rcd_current_mA }),
  };
}

function hlcOf({ requires }: Context): CarHlc | undefined {
  const [ev] = requires.ev;
  return (
    ev && {
      start_charging: (EnergyTransferMode, SelectedPaymentOption, DepartureTime, EAmount) =>
        ev.call("start_charging", { EnergyTransferMode, SelectedPaymentOption, DepartureTime, EAmount }),
      stop_charging: () => ev.call("stop_charging"),
      pause_charging: () => ev.call("pause_charging"),
      update_soc: (SoC) => ev.call("update_soc", { SoC }),
    }
  );
}

function slacOf({ requires }: Context): CarSlac | undefined {
  const [slac] = requires.slac;
  return slac && { reset: () => slac.call("reset"), trigger_matching: () => slac.call("trigger_matching") };
}

function storeOf({ requires }: Context): Store | undefined {
  const [kvs] = requires.kvs;
  return kvs && { load: (key) => kvs.call("load", { key }), store: (key, value) => kvs.call("store", { key, value }) };
}

function followBoard({ requires, provides }: Context, simulator: Simulator): void {
  const { car } = simulator;
  const [board] = requires.ev_board_support;
  board?.subscribe("bsp_event", (event) => {
    provides.ev_manager.publish("bsp_event", event);
    car.session.boardEvent = event.event;
    if (event.event === "Disconnected" && car.session.state !== "unplugged") simulator.cancel();
    simulator.wake();
  });
  board?.subscribe("bsp_measurement", ({ cp_pwm_duty_cycle }) => {
    car.duty = cp_pwm_duty_cycle;
    simulator.wake();
  });
  board?.subscribe("ev_info", (info) => provides.ev_manager.publish("ev_info", info));
}

function followCommunication({ requires, config }: Context, simulator: Simulator): void {
  const { car } = simulator;
  const [ev] = requires.ev;
  const note = (change: Partial<typeof car.session>) => {
    Object.assign(car.session, change);
    simulator.wake();
  };
  requires.slac[0]?.subscribe("state", (slac) => note({ slac }));
  ev?.subscribe("ev_power_ready", (powerReady) => note({ powerReady }));
  ev?.subscribe("stop_from_charger", () => note({ stoppedByStation: true }));
  ev?.subscribe("v2g_session_finished", () => note({ hlcFinished: true }));
  ev?.subscribe("dc_power_on", () => note({ dcPowerOn: true }));
  ev?.subscribe("pause_from_charger", () => note({ pausedByStation: true }));
  const limit = async (current: number) => void (await car.ports.board.set_ac_max_current(current));
  ev?.subscribe("ac_evse_max_current", limit);
  ev?.subscribe("ac_evse_target_power", (target) => {
    if (target.target_active_power === undefined) return;
    const { three_phases, ac_nominal_voltage } = config;
    // With values of its own for L2 and L3 the first one is that of L1.
    const own = [target.target_active_power_L2, target.target_active_power_L3].filter((power) => power !== undefined);
    const phases = three_phases ? 3 - own.length : 1;
    return limit(target.target_active_power / (ac_nominal_voltage * phases));
  });
}

/** External topics; a script that is none is logged with what is wrong with it, and nothing of it is run. */
function takeOrders({ config, externalMqtt, log }: Context, simulator: Simulator): void {
  const topic = `everest_external/nodered/${config.connector_id}/carsim/cmd`;
  const take = (name: string, act: (payload: string) => Promise<void>) =>
    externalMqtt.subscribe(`${topic}/${name}`, async (payload) => {
      try {
        await act(payload);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        log.error({ payload }, `${name} rejected: ${error.describe()}`);
      }
    });
  take("enable", (payload) => simulator.enable(payload === "true"));
  take("execute_charging_session", async (payload) => simulator.execute(payload));
  take("modify_charging_session", async (payload) => simulator.modify(payload));
}

async function tellLimits({ requires }: Context, config: Config): Promise<void> {
  const [ev] = requires.ev;
  const EvParameters = {
    max_current_limit: config.dc_max_current_limit,
    max_power_limit: config.dc_max_power_limit,
    max_voltage_limit: config.dc_max_voltage_limit,
    energy_capacity: config.dc_energy_capacity,
    target_current: config.dc_target_current,
    target_voltage: config.dc_target_voltage,
  };
  await ev?.call("set_dc_params", { EvParameters });
  if (!config.support_sae_j2847) return;
  await ev?.call("enable_sae_j2847_v2g_v2h");
  const EvBPTParameters = {
    discharge_max_current_limit: config.dc_discharge_max_current_limit,
    discharge_max_power_limit: config.dc_discharge_max_power_limit,
    discharge_target_current: config.dc_discharge_target_current,
    discharge_minimal_soc: config.dc_discharge_v2g_minimal_soc,
  };
  await ev?.call("set_bpt_dc_params", { EvBPTParameters });
}
