/** Keys about direct current, and about feeding back. */
import type { EvseManagerConfig } from "../../../../src/modules/EvseManager/manifest.ts";
import { Outlet, type StepName } from "../dc/outlet.ts";
import { atModule, type Config, waited } from "./scenes.ts";

async function at(step: StepName, config: Config): Promise<Outlet> {
  const outlet = await Outlet.open(config as Partial<EvseManagerConfig>);
  await outlet.to(step);
  return outlet;
}

/** Milliseconds until an error of this name. */
function raised(outlet: Outlet, name: string): Promise<number | "never"> {
  const { station } = outlet;
  return waited(station, () => station.news().some((call) => call.startsWith(`raise ${name}`)), 40_000);
}

const calls = async (step: StepName, config: Config, name: string) =>
  (await at(step, config)).look().filter((call) => call.startsWith(name));

async function implausible(config: Config): Promise<number | "never"> {
  const outlet = await at("full current", config);
  outlet.feed({ type: "voltage", of: "powermeter", voltage: 340 });
  return raised(outlet, "VoltagePlausibilityFault");
}

const bptSetup = (config: Config) =>
  atModule({ ac_hlc_enabled: true, ...config }, async ({ last }) => (await last("hlc.bpt_setup"))?.slice(14));
const following = { bpt_generator_mode: "GridFollowing" };
const unified = { bpt_channel: "Unified" };

/** With this option there is voltage before the contactor is closed. */
const earlyVoltage = async (config: Config) =>
  (await at("cable check", config)).station.news().filter((call) => call.startsWith("supply.setExport"));
const early = { cable_check_enable_imd_self_test_relays_open: true, cable_check_relays_open_voltage_V: 120 };

export const dcKeys = {
  dc_isolation_voltage_V: {
    to: 300,
    show: (config: Config) => calls("contactor closed", config, "supply.setExport"),
    sees: [["supply.setExportVoltageCurrent 500 2"], ["supply.setExportVoltageCurrent 300 2"]],
  },
  dc_ramp_ampere_per_second: {
    to: 100,
    async show(config: Config) {
      const outlet = await at("charging", config);
      await outlet.station.clock.advance(250);
      outlet.look();
      return outlet.ampere;
    },
    sees: [6.25, 25],
  },
  cable_check_wait_number_of_imd_measurements: {
    to: 2,
    show: (config: Config) => calls("discharged", config, "hlc.cable_check_finished"),
    sees: [["hlc.cable_check_finished true"], []],
  },
  cable_check_enable_imd_self_test: {
    to: false,
    show: (config: Config) => calls("test voltage", config, "imd."),
    sees: [["imd.start_self_test 500"], ["imd.start"]],
  },
  cable_check_enable_imd_self_test_relays_open: {
    besides: { cable_check_relays_open_voltage_V: 120 },
    to: true,
    show: earlyVoltage,
    sees: [[], ["supply.setExportVoltageCurrent 120 2"]],
  },
  cable_check_relays_open_voltage_V: {
    besides: early,
    from: 120,
    to: 150,
    show: earlyVoltage,
    sees: [["supply.setExportVoltageCurrent 120 2"], ["supply.setExportVoltageCurrent 150 2"]],
  },
  cable_check_relays_closed_timeout_s: {
    to: 2,
    async show(config: Config) {
      const outlet = await at("cable check", config);
      for (let ms = 0; ms < 20_000; ms += 500) {
        outlet.measure(0);
        if (outlet.look().some((call) => call.startsWith("raise MREC11CableCheckFault"))) return ms;
        await outlet.station.clock.advance(500);
      }
      return "never";
    },
    sees: [5000, 2000],
  },
  cable_check_wait_below_60V_before_finish: {
    to: false,
    show: (config: Config) => calls("measured", config, "hlc.cable_check_finished"),
    sees: [[], ["hlc.cable_check_finished true"]],
  },
  internal_over_voltage_duration_ms: {
    to: 1000,
    async show(config: Config) {
      const outlet = await at("full current", config);
      outlet.feed({ type: "voltage", of: "overVoltageMonitor", voltage: 460 });
      return raised(outlet, "MREC5OverVoltage");
    },
    sees: [400, 1000],
  },
  voltage_plausibility_max_spread_threshold_V: { to: 100, show: implausible, sees: [30_000, "never"] },
  voltage_plausibility_fault_duration_ms: { to: 1000, show: implausible, sees: [30_000, 1000] },
  sae_j2847_2_bpt_enabled: { to: true, refused: /does not do SAE J2847\/2, because/ },
  sae_j2847_2_bpt_mode: { partOf: "sae_j2847_2_bpt_enabled" },
  bpt_channel: {
    besides: following,
    to: "Separated",
    show: bptSetup,
    sees: [undefined, '{"bpt_channel":"Separated","generator_mode":"GridFollowing"}'],
  },
  bpt_generator_mode: {
    besides: unified,
    to: "GridForming",
    show: bptSetup,
    sees: [undefined, '{"bpt_channel":"Unified","generator_mode":"GridForming"}'],
  },
  bpt_grid_code_island_method: {
    besides: { ...unified, ...following },
    to: "Passive",
    show: bptSetup,
    sees: [
      '{"bpt_channel":"Unified","generator_mode":"GridFollowing"}',
      '{"bpt_channel":"Unified","generator_mode":"GridFollowing","grid_code_detection":"Passive"}',
    ],
  },
  hack_skoda_enyaq: {
    to: true,
    async show(config: Config) {
      const outlet = await at("full current", config);
      outlet.look();
      outlet.feed({ type: "target", voltage: 200, current: 50 });
      return outlet.look().filter((call) => call.startsWith("supply.setExport")).length;
    },
    sees: [1, 0],
  },
  hack_present_current_offset: {
    to: 3,
    async show(config: Config) {
      const outlet = await at("full current", config);
      outlet.look();
      outlet.measure(400, 50);
      const told = outlet.station.news().find((call) => call.startsWith("hlc.update_dc_present_values"));
      return told?.match(/"evse_present_current":(\d+)/)?.[1];
    },
    sees: ["50", "53"],
  },
  hack_pause_imd_during_precharge: {
    to: true,
    async show(config: Config) {
      const outlet = await at("precharged", config);
      outlet.look();
      return outlet.imdOn;
    },
    sees: [true, false],
  },
  hack_allow_bpt_with_iso2: {
    to: true,
    show: (config: Config) =>
      atModule(config, ({ tested }) => tested.logged.some((line) => line.startsWith("hack_allow_bpt_with_iso2 is"))),
    sees: [false, true],
  },
  hack_fix_hlc_integer_current_requests: {
    to: true,
    async show(config: Config) {
      const outlet = await at("full current", config);
      outlet.grant(6400);
      outlet.feed({ type: "target", voltage: 400, current: 14 });
      await outlet.station.clock.advance(1000);
      outlet.look();
      return outlet.ampere;
    },
    sees: [14, 14.4],
  },
} as const;
