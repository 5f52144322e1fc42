import type { Commands } from "../../../src/framework/interface.ts";
import type { kvs } from "../../../src/interfaces/kvs.ts";
import { EvManager } from "../../../src/modules/EvManager/index.ts";
import { startUnderTest, type UnderTest } from "../../framework/underTest.ts";
import { neighbour } from "../EvseManager/neighbours.ts";
import { testKeys } from "../keyTable.ts";

const { manifest } = EvManager;
type Config = Readonly<Record<string, unknown>>;
type Car = UnderTest<typeof manifest> & { run(script: string): Promise<void> };

/** What the car's parts are told from the start on, and while something is done with it. */
async function told(config: Config, act: (car: Car) => unknown = () => {}): Promise<string[]> {
  const calls: string[] = [];
  const { ev_board_support, ev, slac } = manifest.requires;
  const remembered: Commands<typeof kvs> = {
    ...neighbour("kvs", manifest.requires.kvs.interface, calls),
    load: ({ key }) => (key.endsWith("_plugged_in") ? true : "error_e;sleep 9"),
  };
  const module = await startUnderTest(EvManager, {
    config: { connector_id: 1, auto_enable: true, ...config },
    mocks: {
      ev_board_support: [neighbour("board", ev_board_support.interface, calls)],
      ev: [neighbour("ev", ev.interface, calls, { start_charging: true })],
      slac: [neighbour("slac", slac.interface, calls, { trigger_matching: true })],
      kvs: [remembered],
    },
  });
  const run = async (script: string) => {
    module.external.publish("everest_external/nodered/1/carsim/cmd/execute_charging_session", script);
    await module.heard();
  };
  await module.heard();
  await act({ ...module, run });
  await module.heard();
  await module.station.stop();
  return calls;
}

const E = 'board.set_cp_state "E"';
const starts = (config: Config) => told(config, ({ run }) => run("iso_start_v2g_session AC contract"));

/** Arguments of `ev.start_charging` by their order: mode, payment, departure, amount. */
const argument = (index: number) => async (config: Config) =>
  (await starts(config)).find((call) => call.startsWith("ev.start_charging"))?.split(" ")[index + 1];

/** A value that a command carries. */
const carried = (command: string, key: string) => async (config: Config) => {
  const call = (await told(config)).find((one) => one.startsWith(command));
  return JSON.parse(call?.slice(command.length) ?? "{}")[key];
};
const dcParameter = (key: string) => carried("ev.set_dc_params", key);
const bptParameter = (key: string) => carried("ev.set_bpt_dc_params", key);
const sae = { support_sae_j2847: true };

testKeys("EvManager", manifest, {
  connector_id: {
    from: 1,
    to: 2,
    show: async (config) => (await told(config, ({ run }) => run("error_e;sleep 1"))).includes(E),
    sees: [true, false],
  },
  auto_enable: {
    from: false,
    to: true,
    show: async (config) => (await told(config)).includes("board.enable true"),
    sees: [false, true],
  },
  auto_exec: {
    besides: { auto_exec_commands: "error_e;sleep 1" },
    to: true,
    show: async (config) => (await told(config)).includes(E),
    sees: [false, true],
  },
  auto_exec_infinite: {
    besides: { auto_exec: true, auto_exec_commands: "error_e" },
    to: true,
    show: async (config) => (await told(config, ({ clock }) => clock.advance(600))).filter((call) => call === E).length,
    sees: [1, 3],
  },
  auto_exec_commands: {
    besides: { auto_exec: true },
    to: "error_e;sleep 1",
    show: async (config) => (await told(config)).includes(E),
    sees: [false, true],
  },
  plugin_commands: {
    to: "error_e;sleep 1",
    show: async (config) => (await told(config, ({ run }) => run("plugin"))).includes(E),
    sees: [false, true],
  },
  ac_nominal_voltage: {
    to: 115,
    async show(config) {
      const calls = await told(config, ({ mock }) =>
        mock.ev[0]?.publish("ac_evse_target_power", { target_active_power: 6900 }),
      );
      return calls.at(-1);
    },
    sees: ["board.set_ac_max_current 10", "board.set_ac_max_current 20"],
  },
  dc_max_current_limit: { to: 50, show: dcParameter("max_current_limit"), sees: [300, 50] },
  dc_max_power_limit: { to: 50_000, show: dcParameter("max_power_limit"), sees: [150_000, 50_000] },
  dc_max_voltage_limit: { to: 500, show: dcParameter("max_voltage_limit"), sees: [900, 500] },
  dc_energy_capacity: { to: 80_000, show: dcParameter("energy_capacity"), sees: [60_000, 80_000] },
  dc_target_current: { to: 9, show: dcParameter("target_current"), sees: [5, 9] },
  dc_target_voltage: { to: 400, show: dcParameter("target_voltage"), sees: [200, 400] },
  support_sae_j2847: {
    to: true,
    show: async (config) => (await told(config)).includes("ev.enable_sae_j2847_v2g_v2h"),
    sees: [false, true],
  },
  dc_discharge_max_current_limit: {
    besides: sae,
    to: 50,
    show: bptParameter("discharge_max_current_limit"),
    sees: [300, 50],
  },
  dc_discharge_max_power_limit: {
    besides: sae,
    to: 50_000,
    show: bptParameter("discharge_max_power_limit"),
    sees: [150_000, 50_000],
  },
  dc_discharge_target_current: {
    besides: sae,
    to: 9,
    show: bptParameter("discharge_target_current"),
    sees: [5, 9],
  },
  dc_discharge_v2g_minimal_soc: {
    besides: sae,
    to: 50,
    show: bptParameter("discharge_minimal_soc"),
    sees: [20, 50],
  },
  max_current: {
    to: 32,
    show: async (config) => (await told(config)).find((call) => call.startsWith("board.set_ac_max_current")),
    sees: ["board.set_ac_max_current 16", "board.set_ac_max_current 32"],
  },
  three_phases: {
    to: false,
    show: argument(0),
    sees: ['"AC_three_phase_core"', '"AC_single_phase_core"'],
  },
  departure_time: { to: 60, show: argument(2), sees: ["86400", "60"] },
  e_amount: { to: 9000, show: argument(3), sees: ["0", "9000"] },
  soc: {
    to: 80,
    show: async (config) =>
      (await told(config, ({ run }) => run("pause;sleep 1"))).find((call) => call.startsWith("ev.update_soc")),
    sees: ["ev.update_soc 30", "ev.update_soc 80"],
  },
  keep_cross_boot_plugin_state: {
    to: true,
    show: async (config) => (await told(config)).includes(E),
    sees: [false, true],
  },
  force_payment_option: {
    to: true,
    show: argument(1),
    sees: [
      '{"payment_option":"Contract","enforce_payment_option":false}',
      '{"payment_option":"Contract","enforce_payment_option":true}',
    ],
  },
});
